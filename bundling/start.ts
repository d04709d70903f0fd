/** Prints the folder with the bundle of every function, made of the sources as they are: `node bundling/start.ts`. */
import { join } from 'node:path';
import { cachedBundles } from './bundle-cache.ts';

const folder = await cachedBundles(join(import.meta.dirname, '..'), async (draft) => {
  // Loaded only where there is something to bundle.
  const [{ bundleFunctions }, { functionEntries }] = await Promise.all([import('./bundle-functions.ts'), import('./function-entries.ts')]);
  await bundleFunctions(functionEntries(), draft);
});
process.stdout.write(folder);
