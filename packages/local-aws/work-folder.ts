import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** Where everything lies that a rehearsal makes for itself and git ignores: the virtual environment, logs, the copied assembly. */
export const workFolder = join(import.meta.dirname, '.work');

/** Programs of the pinned npm packages: Node.js 24, the CDK CLI. */
export const programFolder = join(root, 'node_modules', '.bin');

export const projectFolder = root;
