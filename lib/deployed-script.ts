import { readFileSync } from 'node:fs';

/** A line that has a shell read another file. On the node there is only one. */
const PART = /^\. (parts\/[\w-]+\.(?:sh|ps1))\n/gm;

/** Blank lines and lines of comment, but for the one that names the shell. */
const SHELL_REMARKS = /^(?!#!)[^\S\n]*(?:#.*)?\n/gm;

/** The same of PowerShell, with comments of several lines. A here-string is matched as a whole, and kept. */
const POWERSHELL_REMARKS = /(@(['"])[^\S\n]*\n[\s\S]*?\n\2@)|^[^\S\n]*(?:<#(?:(?!#>)[\s\S])*#>[^\S\n]*|#.*)?\n/gm;

/**
 * The lines of a script of `lib/documents/` as its Command document has them: without comments, since Systems Manager counts document and
 * parameters of a command together and takes 64 KB.
 */
export function deployedScript(file: string): readonly string[] {
  return withoutRemarks(wholeScript(file), file.endsWith('.ps1') ? 'powershell' : 'shell')
    .trimEnd()
    .split('\n');
}

/** A script of `lib/documents/` with the parts in it that it shares with others, each in the place of the line that reads it. */
export function wholeScript(file: string): string {
  const script = readFileSync(`${import.meta.dirname}/documents/${file}`, 'utf8');
  return script.replaceAll(PART, (_, part: string) => wholeScript(part));
}

/** A script without lines that only hold a comment, and without blank ones. Here-documents of the shell are not told apart. */
export function withoutRemarks(script: string, language: 'shell' | 'powershell'): string {
  if (language === 'shell') return script.replace(SHELL_REMARKS, '');
  return script.replace(POWERSHELL_REMARKS, (_, hereString = '') => hereString);
}
