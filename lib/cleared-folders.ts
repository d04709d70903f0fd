import { readFileSync } from 'node:fs';

/** A branch of the script's list: patterns of folders with a slash at the end, and why they are refused; without a reason they are cleared. */
interface Branch {
  readonly patterns: readonly RegExp[];
  readonly why?: string;
}

const script = readFileSync(`${import.meta.dirname}/documents/clear-caches.sh`, 'utf8');
const places = branchesOf(found(/^check_place\(\) \{[^\n]*\n {2}case \$1\/ in\n([\s\S]*?)\n {2}esac$/m));
const cacheWords = found(/^has_cache_word\(\) \{[\s\S]*?case \$word in\s+([^)]*)\) return 0/m).split(/\s*\|\s*/);

/** Why the script of `clear-caches` would refuse the folder on any machine, by the script's own lists; undefined when it would not. */
export function whyNeverCleared(folder: string): string | undefined {
  const plain = folder.replace(/(.)\/*$/, '$1');
  if (plain === '/') return 'is never cleared';
  if (/\/\/|\/\.\.?(\/|$)/.test(plain)) return 'is not a plain path: no //, /./ or /../';
  const branch = places.find(({ patterns }) => patterns.some((pattern) => pattern.test(`${plain}/`)));
  if (branch) return branch.why;
  if (!/^\/.*\/.*\/.*$/.test(plain)) return 'is too close to the root: at least three levels are needed';
  if (plain.split(/[^A-Za-z0-9]+/).some((word) => cacheWords.includes(word))) return undefined;
  return `is not called a temporary or cache folder (${cacheWords.join(', ')})`;
}

const windowsScript = readFileSync(`${import.meta.dirname}/documents/clear-caches.ps1`, 'utf8');
/** PowerShell's pattern of names that stand for a cache, whatever their letter case; `\z` is the end. */
const windowsCacheName = new RegExp(
  found(/-notmatch '([^']+)'\) \{\s+Exit-Refused 11 "\$Folder is not called/, windowsScript).replace('\\z', '$'),
  'i',
);

/** The same on Windows, where most depends on the machine: what is refused wherever the system lies. */
export function whyNeverClearedOnWindows(folder: string): string | undefined {
  if (/[. ](\\|$)/.test(folder)) return 'is not a plain path: no part may end in a dot or a blank';
  if (folder.split('\\').length < 3) return 'is too close to the root: at least two levels are needed';
  return windowsCacheName.test(folder) ? undefined : 'is not called a temporary or cache folder (tmp, temp, cache, scratch)';
}

function branchesOf(text: string): readonly Branch[] {
  return text
    .replaceAll('\\\n', ' ')
    .split(';;')
    .flatMap((branch) => {
      const [, patterns, body = ''] = /^\s*([^)]+)\)([\s\S]*)$/.exec(branch) ?? [];
      if (patterns === undefined) return [];
      const why = /refuse 11 "\$1 ([^"]+)"/.exec(body)?.[1];
      return [{ patterns: patterns.split('|').map((pattern) => patternOf(pattern.trim())), ...(why !== undefined && { why }) }];
    });
}

/** A pattern of the shell's `case`, in which `*` is anything, slashes too. */
function patternOf(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`);
}

function found(pattern: RegExp, within = script): string {
  const [, text] = pattern.exec(within) ?? [];
  if (text === undefined) throw new Error('the script of clear-caches has no list of folders where it is looked for');
  return text;
}
