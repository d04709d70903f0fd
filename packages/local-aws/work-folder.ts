import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';

/** Where everything lies that the local AWS makes for itself and git ignores: the virtual environment, logs, the copied assembly. */
export const workFolder = join(import.meta.dirname, '.work');

/** Folder of an installed package. */
export function packageFolder(name: string): string {
  const file = findPackageJSON(name, import.meta.url);
  if (file === undefined) throw new Error(`the package ${name} is not installed`);
  return dirname(file);
}

/** Programs of the pinned npm packages: Node.js 24, the CDK CLI. */
export const programFolder = join(packageFolder('aws-cdk'), '..', '.bin');
