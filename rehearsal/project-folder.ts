import { join } from 'node:path';

/** The folder with the product's own `cdk.json`, which the rehearsal deploys. */
export const projectFolder = join(import.meta.dirname, '..');
