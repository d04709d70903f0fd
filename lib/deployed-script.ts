import { readFileSync } from 'node:fs';

/** Blank lines and lines of comment, but for the one that names the shell. */
const SHELL_REMARKS = /^(?!#!)[^\S\n]*(?:#.*)?\n/gm;

/** The same of PowerShell, with comments of several lines. A here-string is matched as a whole, and kept. */
const POWERSHELL_REMARKS = /(@(['"])[^\S\n]*\n[\s\S]*?\n\2@)|^[^\S\n]*(?:<#(?:(?!#>)[\s\S])*#>[^\S\n]*|#.*)?\n/gm;

/**
 * The lines of a script of `lib/documents/` as its Command document has them: without comments, since Systems Manager counts document and
 * parameters of a command together and takes 64 KB.
 */
export function deployedScript(file: string): readonly string[] {
  const script = readFileSync(`${import.meta.dirname}/documents/${file}`, 'utf8');
  return withoutRemarks(script, file.endsWith('.ps1') ? 'powershell' : 'shell')
    .trimEnd()
    .split('\n');
}

/** A script without lines that only hold a comment, and without blank ones. Here-documents of the shell are not told apart. */
export function withoutRemarks(script: string, language: 'shell' | 'powershell'): string {
  if (language === 'shell') return script.replace(SHELL_REMARKS, '');
  return script.replace(POWERSHELL_REMARKS, (_, hereString = '') => hereString);
}
