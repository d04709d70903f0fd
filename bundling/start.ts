/** Bundles every function into a folder: `node bundling/start.ts <folder>`. */
import { bundleFunctions } from './bundle-functions.ts';
import { functionEntries } from './function-entries.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('say the folder');
await bundleFunctions(functionEntries(), folder);
