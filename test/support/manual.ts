import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = `${import.meta.dirname}/../..`;

/** What people read: README, the contributors' pages and all of docs, by path from the root. */
export const pages: ReadonlyMap<string, string> = new Map(
  ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', ...globSync('docs/**/*.md', { cwd: root }).toSorted()].map((path) => [
    path,
    readFileSync(join(root, path), 'utf8'),
  ]),
);

/** All of it, one page after the other. */
export const manual = [...pages.values()].join('\n');
