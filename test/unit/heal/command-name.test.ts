import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commandName } from '../../../lambdas/core/command-name.ts';
import { pages } from '../../support/manual.ts';

const root = `${import.meta.dirname}/../../..`;
const read = (path: string) => readFileSync(`${root}/${path}`, 'utf8');
const description = JSON.parse(read('package.json')) as Readonly<Record<'name' | 'bin' | 'license', unknown>>;

describe('the command of the operators', () => {
  it('has the name of its package, so that no package of somebody else can be run in its place', () => {
    expect(description.bin).toEqual({ [commandName]: `dist/bin/${commandName}.js` });
    expect(description.name).toBe(commandName);
  });

  it('is nowhere called by the name of a package of somebody else', () => {
    const files = ['bin/heal.ts', ...globSync('bin/heal/**/*.ts', { cwd: root }), ...pages.keys()];
    const verbs =
      'status|history|why|pause|resume|approvals?|approve|deny|promote|demote|hold-breaker|release-breaker|advi[cs]e|completion|doctor';
    const stranger = new RegExp(`npx heal|["\`: ]heal (?:${verbs})`);
    expect(files.filter((path) => stranger.test(read(path)))).toEqual([]);
  });
});

describe('the licence', () => {
  it('of the package is the one in its file', () => {
    expect(description.license).toBe('Apache-2.0');
    expect(read('LICENSE')).toContain('Version 2.0, January 2004');
  });
});
