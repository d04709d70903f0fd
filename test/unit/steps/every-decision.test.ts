import { anInstance } from '@self-healing/simulation/accounts.ts';
import {
  ALARM_NAME,
  anAttempt,
  anIncident,
  aPolicy,
  aSlot,
  aState,
  HOUR,
  INSTANCE_ID,
  NOW,
  SECOND,
} from '@self-healing/simulation/builders.ts';
import { fakePorts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { beforeEach, expect, it } from 'vitest';
import type { Policy } from '../../../lambdas/core/policy.ts';
import { triage } from '../../../lambdas/steps/triage.ts';

let world: World;
beforeEach(() => {
  world = fakePorts();
  for (const id of [INSTANCE_ID, ...Array.from({ length: 19 }, (_, number) => `i-000000${String(number).padStart(2, '0')}`)])
    world.account.instances.set(id, anInstance({ id }));
  world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: 'too much' });
});

const attempted = (given: Parameters<typeof anAttempt>[0]) => {
  const attempt = anAttempt(given);
  world.items.attempts.set(attempt.token, attempt);
  world.items.histories.set(`instance#${INSTANCE_ID}`, [attempt.token]);
};

const decisions: readonly [string, string, () => unknown, Partial<Policy>, string][] = [
  ['to act', 'remediate', () => undefined, {}, 'remediate'],
  ['to do nothing in shadow', 'verify', () => undefined, { mode: 'shadow' }, 'watch'],
  ['to ask', 'ask', () => undefined, { mode: 'approval' }, 'ask'],
  [
    'to wait for another policy',
    'triage',
    () => world.claims.leases.set(`instance#${INSTANCE_ID}`, { incident: 'other', policy: 'Web-disk', expiresAt: NOW + HOUR }),
    {},
    'wait',
  ],
  ['to wait for a slot', 'triage', () => world.claims.slots.set('tagged#Web', { a: aSlot(NOW + HOUR), b: aSlot(NOW + HOUR) }), {}, 'wait'],
  ['to wait for the cooldown', 'triage', () => attempted({ incident: 'other', at: NOW - SECOND, result: 'recovered' }), {}, 'wait'],
  ['to do nothing while paused', 'conclude', () => Object.assign(world.pause, { text: 'noon' }), {}, 'end'],
  [
    'to do nothing to what is excluded',
    'conclude',
    () => world.account.instances.set(INSTANCE_ID, anInstance({ tags: { SelfHealExclude: '1' } })),
    {},
    'end',
  ],
  ['to do nothing about what has passed', 'conclude', () => world.account.alarms.set(ALARM_NAME, { state: 'OK', reason: '' }), {}, 'end'],
  [
    'to give up',
    'conclude',
    async () => {
      attempted({ result: 'not-recovered', at: NOW - HOUR });
      await world.ports.store.open(anIncident());
    },
    {},
    'end',
  ],
];

it.each(decisions)(
  'a decision %s is a line of the history, with all that was decided, before another step follows from it',
  async (_, next, arrange, policy, kind) => {
    await arrange();
    const answer = await triage(aState({ incident: anIncident(), policy: aPolicy(policy) }), world.ports, NOW);
    expect(answer.do).toBe(next);
    const lines = world.history.filter((line) => line.kind === 'decision');
    expect(lines).toMatchObject([{ incident: anIncident().id, decision: { kind }, text: expect.stringMatching(/\w/) }]);
  },
);
