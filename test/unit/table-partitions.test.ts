import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { partitions } from '../../lib/constructs/incident-table.ts';

const adapters = `${import.meta.dirname}/../../lambdas/adapters`;

/** What the partition keys in the adapters begin with; a key that is taken over from another one is written out there. */
const written = globSync('**/*.ts', { cwd: adapters }).flatMap((name) =>
  [...readFileSync(`${adapters}/${name}`, 'utf8').matchAll(/\bpk: (?:`([^$`]+)|'([^']+)')/g)].map(
    ([, template, text]) => template ?? text ?? '',
  ),
);

/** Those of people, which no function may write but the page of links, that of their holders. */
const ofPeople = ['approval#', 'approver#'];

/** What only the function may write that sends links, where a pipeline has any. */
const ofLinks = ['approval-link#'];

it('every partition that the adapters write is one that some function may write, and none is of people', () => {
  const granted = Object.values(partitions)
    .flat()
    .map((pattern) => pattern.replace('*', ''));
  expect(written.length).toBeGreaterThan(5);
  expect(written.filter((key) => !granted.includes(key as never) && ![...ofPeople, ...ofLinks].includes(key))).toEqual([]);
  expect(granted.filter((key) => [...ofPeople, ...ofLinks].includes(key))).toEqual([]);
});
