import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Node } from 'web-tree-sitter';
import { deployedScript, wholeScript, withoutRemarks } from '../../lib/deployed-script.ts';
import { mistakes, parsePowerShell } from '../support/powershell.ts';

const folder = `${import.meta.dirname}/../../lib/documents`;
const files = readdirSync(folder);
const deployed = (file: string) => deployedScript(file).join('\n');

/** A shell script as bash has understood it, written out again: without comments, but for what stands in texts. */
function understood(script: string): string {
  const writeOut = 'eval "script() {\n$1\n}" && declare -f script';
  return execFileSync('bash', ['--posix', '-c', writeOut, 'bash', script], { encoding: 'utf8' });
}

/** The texts of more than one line that are handed to awk, which has the same comments as the shell. */
const AWK_PROGRAMS = /\bawk\b(?:[^'\n]|'[^'\n]*')*'\n[^']*'/g;
const COMMENT_LINES = /^\s*#.*\n/gm;

function leaves(node: Node): readonly string[] {
  if (node.type === 'comment') return [];
  const children = node.children.flatMap((child) => child ?? []);
  return children.length === 0 ? [`${node.type}: ${node.text}`] : children.flatMap(leaves);
}

describe.each(files.filter((file) => file.endsWith('.sh')))('%s as it is deployed', (file) => {
  it('is what the file is to the shell, but for comments in programs of awk', () => {
    const before = understood(wholeScript(file));
    expect(understood(deployed(file))).toBe(before.replaceAll(COMMENT_LINES, ''));
    expect(before.replaceAll(AWK_PROGRAMS, '')).not.toMatch(COMMENT_LINES);
    execFileSync('sh', ['-n'], { input: deployed(file) });
  });

  it('has in it what it shares with others', () => {
    expect(deployed(file)).not.toMatch(/^\s*\. /m);
  });

  it('names its shell, and has no comment and no blank line', () => {
    const [first, ...rest] = deployedScript(file);
    expect(first).toBe('#!/bin/sh');
    expect(rest.filter((line) => /^\s*(#|$)/.test(line))).toEqual([]);
  });
});

describe.each(files.filter((file) => file.endsWith('.ps1')))('%s as it is deployed', (file) => {
  it('is what the file is to the grammar of PowerShell, with what it shares with others in it', () => {
    const after = parsePowerShell(deployed(file));
    expect(mistakes(after)).toEqual([]);
    expect(leaves(after)).toEqual(leaves(parsePowerShell(wholeScript(file))));
    expect(deployed(file)).not.toMatch(/^\s*(#|\. )/m);
  });
});

describe('what is left out of PowerShell', () => {
  it.each([
    { case: 'a comment', script: 'A\n  # B\nC\n', left: 'A\nC\n' },
    { case: 'a comment of several lines', script: 'A\n<#\nB\n#>\nC\n', left: 'A\nC\n' },
    { case: 'two of them, but not what is between them', script: '<# A #>\nB\n  <# C\nD #>\nE\n', left: 'B\nE\n' },
    { case: 'a blank line', script: 'A\n \n\nB\n', left: 'A\nB\n' },
  ])('is $case', ({ script, left }) => {
    expect(withoutRemarks(script, 'powershell')).toBe(left);
  });

  it.each([
    { case: 'a here-string holds', script: "$a = @'\n# B\n\n<# C #>\n'@\n" },
    { case: 'a here-string with variables holds', script: '$a = @"\n# B\n\'@\n\n"@\n' },
    { case: 'stands behind a comment', script: '<# A #> B\n$c = 1 # D\n' },
    { case: 'stands between two comments', script: '<# A #> B\nC <# D #>\n' },
  ])('is nothing that $case', ({ script }) => {
    expect(withoutRemarks(script, 'powershell')).toBe(script);
  });
});
