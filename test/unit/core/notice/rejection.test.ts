import { aPolicy, NOW } from '@self-healing/simulation/builders.ts';
import { someOrigin } from '@self-healing/simulation/doubles/fake-ports.ts';
import { expect, it } from 'vitest';
import { digestNotice } from '../../../../lambdas/core/notice/digest.ts';
import type { Origin } from '../../../../lambdas/core/notice/origin.ts';
import { pauseNotice } from '../../../../lambdas/core/notice/pause.ts';
import { rejectionNotice, unknownPolicyNotice } from '../../../../lambdas/core/notice/rejection.ts';
import { endFor } from '../../../../lambdas/core/reasons.ts';

const late = endFor('late-event', 'the alarm changed 3 h ago', 0);

it('what opened no incident is told with its policy, and once an hour under one id', () => {
  const id = '123456789012/eu-central-1/healing/Web-memory/late-event/2026-11-02T10';
  const policy = { name: 'Web-memory', symptom: 'memory', mode: 'automatic' };
  const told = rejectionNotice(someOrigin, aPolicy(), late, 'an event', NOW);
  expect(told).toMatchObject({ id, thread: id, stage: 'not-healed', outcome: 'skipped', reason: 'late-event', policy, links: [] });
  const runbook = 'https://wiki.example.com/web';
  expect(rejectionNotice(someOrigin, aPolicy({ runbook }), late, 'an event', NOW)).toMatchObject({
    ...{ policy: { ...policy, runbook }, links: [{ what: 'Runbook', url: runbook }] },
  });
});

it('a policy that was not deployed is told by its name alone', () => {
  const id = '123456789012/eu-central-1/healing/Web-forged/unknown-policy/2026-11-02T10';
  const told = unknownPolicyNotice(someOrigin, 'Web-forged', endFor('unknown-policy', 'another', 0), NOW);
  expect(told).toMatchObject({ id, thread: id, stage: 'not-healed', outcome: 'skipped', reason: 'unknown-policy', links: [] });
  expect(told).not.toHaveProperty('policy');
});

it.each([
  ['account', { ...someOrigin, account: { id: '210987654321' } }],
  ['Region', { ...someOrigin, region: 'us-east-1' }],
  ['pipeline', { ...someOrigin, pipeline: 'second' }],
])('what is told of no incident has another id and thread in another %s', (_, other) => {
  const toldIn = (origin: Origin) => [
    rejectionNotice(origin, aPolicy(), late, 'an event', NOW),
    unknownPolicyNotice(origin, 'Web-forged', endFor('unknown-policy', 'another', 0), NOW),
    pauseNotice(origin, { kind: 'began', why: 'noon', since: NOW }, NOW),
    digestNotice(origin, { since: NOW, lines: [], shadowed: [] }, NOW),
  ];
  const here = new Set(toldIn(someOrigin).flatMap(({ id, thread }) => [id, thread]));
  expect(toldIn(other).filter(({ id, thread }) => here.has(id) || here.has(thread))).toEqual([]);
});
