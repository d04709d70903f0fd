import { aPolicy, NOW } from '@self-healing/simulation/builders.ts';
import { someOrigin } from '@self-healing/simulation/doubles/fake-ports.ts';
import { expect, it } from 'vitest';
import { rejectionNotice, unknownPolicyNotice } from '../../../../lambdas/core/notice/rejection.ts';
import { endFor } from '../../../../lambdas/core/reasons.ts';

const late = endFor('late-event', 'the alarm changed 3 h ago', 0);

it('what opened no incident is told with its policy, and once an hour under one id', () => {
  const id = 'Web-memory/late-event/2026-11-02T10';
  const policy = { name: 'Web-memory', symptom: 'memory', mode: 'automatic' };
  const told = rejectionNotice(someOrigin, aPolicy(), late, 'an event', NOW);
  expect(told).toMatchObject({ id, thread: id, stage: 'not-healed', outcome: 'skipped', reason: 'late-event', policy, links: [] });
  const runbook = 'https://wiki.example.com/web';
  expect(rejectionNotice(someOrigin, aPolicy({ runbook }), late, 'an event', NOW)).toMatchObject({
    ...{ policy: { ...policy, runbook }, links: [{ what: 'Runbook', url: runbook }] },
  });
});

it('a policy that was not deployed is told by its name alone', () => {
  const id = 'Web-forged/unknown-policy/2026-11-02T10';
  const told = unknownPolicyNotice(someOrigin, 'Web-forged', endFor('unknown-policy', 'another', 0), NOW);
  expect(told).toMatchObject({ id, thread: id, stage: 'not-healed', outcome: 'skipped', reason: 'unknown-policy', links: [] });
  expect(told).not.toHaveProperty('policy');
});
