/** `npm run reference`: makes docs/reference anew from the registries, schemas and comments. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { playedPages } from './generate/played-pages.ts';
import { referencePages } from './generate/reference.ts';

for (const [path, text] of [...(await referencePages()), ...(await playedPages())]) {
  writeFileSync(join(import.meta.dirname, '..', path), text);
  console.log(`Written: ${path}`);
}
