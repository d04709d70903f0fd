import { anIncident, aPolicy, HOUR, NOW } from '@self-healing/simulation/builders.ts';
import { someOrigin } from '@self-healing/simulation/doubles/fake-ports.ts';
import { expect, it } from 'vitest';
import { givenBackNotice } from '../../../../lambdas/core/notice/given-back.ts';

it.each([
  ['given-back', 'given-back', 'info'],
  ['failed', 'not-given-back', 'warning'],
] as const)('what a rung had added and was %s has one notice of that rung', (reason, stage, severity) => {
  const added = { summary: 'raise the capacity of web to 3', rung: 1, since: NOW - HOUR };
  const about = { incident: anIncident(), policy: aPolicy() };
  const id = `${about.incident.id}/${stage}/2`;
  expect(givenBackNotice(someOrigin, added, { reason, why: 'x' }, about, NOW)).toMatchObject({ id, stage, severity, reason });
});
