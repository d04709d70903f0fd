import { existsSync, readFileSync } from 'node:fs';

/** In the package the compiled library is a folder deeper than its sources are in a checkout. */
const [description = ''] = ['../package.json', '../../package.json'].map((path) => `${import.meta.dirname}/${path}`).filter(existsSync);

/** The release of the package that a stack is deployed from. */
export const release: string = String((JSON.parse(readFileSync(description, 'utf8')) as { readonly version?: string }).version);
