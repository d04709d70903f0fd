import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const root = `${import.meta.dirname}/../..`;
const MOST_LINES = 250;

it('a file of the product that is longer than 250 lines says why', () => {
  const files = globSync('{bin,lib,lambdas}/**/*.ts', { cwd: root });
  expect(files.length).toBeGreaterThan(200);
  const unexplained = files.filter((file) => {
    const source = readFileSync(`${root}/${file}`, 'utf8');
    return source.trimEnd().split('\n').length > MOST_LINES && !/^\/\/ Longer than 250 lines: \S/m.test(source);
  });
  expect(unexplained).toEqual([]);
});
