import { readFileSync } from 'node:fs';

/** The shell script of a Command document. */
export function documentScript(name: string): string {
  return readFileSync(new URL(`../../lib/documents/${name}.sh`, import.meta.url), 'utf8');
}
