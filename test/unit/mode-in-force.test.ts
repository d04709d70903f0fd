import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const root = `${import.meta.dirname}/../..`;

/** Whether people hear that an incident lasts; nothing is done by it. */
const ofNoticesAlone = ['lambdas/steps/tell-on-the-way.ts'];

it('nothing that runs decides by the deployed mode of a policy, but by the one in force', () => {
  const files = globSync('{lambdas,bin}/**/*.ts', { cwd: root }).filter((file) => !ofNoticesAlone.includes(file));
  expect(files.length).toBeGreaterThan(100);
  const lines = files.flatMap((file) =>
    readFileSync(`${root}/${file}`, 'utf8')
      .split('\n')
      .filter((line) => line.replaceAll('effectiveMode(policy.mode,', '').includes('policy.mode'))
      .map((line) => `${file}: ${line.trim()}`),
  );
  expect(lines).toEqual([]);
});
