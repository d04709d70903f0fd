import { anInstance } from '@self-healing/simulation/accounts.ts';
import {
  ALARM_NAME,
  anAttempt,
  aPolicy,
  aRung,
  aState,
  INSTANCE_ID,
  MINUTE,
  NOW,
  SECOND,
  waitRung,
} from '@self-healing/simulation/builders.ts';
import { fakePorts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AttemptResult } from '../../../lambdas/core/incident.ts';
import { type Next, verifyAt } from '../../../lambdas/core/next.ts';
import { triage } from '../../../lambdas/steps/triage.ts';
import { verify } from '../../../lambdas/steps/verify.ts';

const shadow = aPolicy({ mode: 'shadow' });

let world: World;
beforeEach(() => {
  world = fakePorts();
  world.account.instances.set(INSTANCE_ID, anInstance());
  symptom('ALARM');
});

const symptom = (state: 'ALARM' | 'OK') => world.account.alarms.set(ALARM_NAME, { state, reason: '' });
const triaged = (policy = shadow, next?: Next, now = NOW) => triage(aState({ policy, ...(next && { next }) }), world.ports, now);
const looked = (next: Next, now: number, policy = shadow) => verify(aState({ policy, next }), world.ports, now);

describe('shadow mode', () => {
  it('claims nothing, writes no attempt, counts what it would do, and looks when the remedy would have had its effect', async () => {
    const next = await triaged();
    expect(next).toMatchObject({ do: 'verify', check: { rung: 0, watch: true, verifyBy: NOW + 30 * SECOND + 4 * MINUTE } });
    expect([world.claims.leases.size, world.claims.slots.size, world.items.attempts.size]).toEqual([0, 0, 0]);
    expect(world.wouldAct).toEqual(['Web-memory']);
  });

  it('ends as shadow when the symptom stayed, and says what it would have done', async () => {
    expect(await looked(await triaged(), NOW + 5 * MINUTE)).toEqual({
      do: 'conclude',
      end: {
        outcome: 'skipped',
        reason: 'shadow',
        why: 'would have climbed rung 1, restart-service; without it the symptom is present: alarm healing-Web-memory is ALARM',
      },
    });
    expect(world.history.at(-1)).toMatchObject({ kind: 'verification', shadow: 'stayed', remedy: 'restart-service' });
  });

  it('ends as shadow when the symptom passed by itself and stayed away for the probation', async () => {
    const next = await triaged();
    symptom('OK');
    const second = await looked(next, NOW + MINUTE);
    expect(second).toMatchObject({ do: 'verify', check: { watch: true, goneSince: NOW + MINUTE } });
    expect(await looked(second, NOW + 4 * MINUTE)).toMatchObject({ end: { outcome: 'skipped', reason: 'shadow' } });
    expect(world.history.at(-1)).toMatchObject({ shadow: 'passed' });
  });

  describe('after a demotion on the way', () => {
    const policy = aPolicy({ probation: { seconds: 0 } });
    const demoted = async (result: AttemptResult, state: 'ALARM' | 'OK') => {
      const attempt = anAttempt({ result, again: true, at: NOW - 5 * MINUTE });
      world.items.attempts.set(attempt.token, attempt);
      symptom(state);
      const check = { rung: 1, verifyBy: NOW, watch: true } as const;
      const ladder = [aRung(), aRung({ remedy: 'restart-instance', params: {} })];
      return looked(verifyAt(NOW, check), NOW, { ...policy, ladder });
    };

    it.each([
      ['hands off what was changed while the symptom stays', 'not-recovered', 'ALARM', 'handed-off'],
      ['hands nothing off where the symptom is gone', 'not-recovered', 'OK', 'skipped'],
      ['counts no act that was not taken as a change', 'not-taken', 'ALARM', 'skipped'],
      ['counts none that did not apply', 'not-applicable', 'ALARM', 'skipped'],
    ] as const)('%s', async (_, result, state, outcome) => {
      expect(await demoted(result, state)).toMatchObject({ end: { outcome, reason: 'shadow' } });
    });
  });

  it('goes through rungs that only wait without climbing them', async () => {
    const policy = aPolicy({ mode: 'shadow', ladder: [waitRung, aRung()] });
    const after = await looked(await triaged(policy), NOW + 5 * MINUTE, policy);
    expect(after).toMatchObject({ do: 'triage', watched: 0 });
    expect(world.wouldAct).toEqual([]);
    expect(await triaged(policy, after, NOW + 5 * MINUTE)).toMatchObject({ do: 'verify', check: { rung: 1, watch: true } });
    expect(world.wouldAct).toEqual(['Web-memory']);
  });

  it('ends as recovered by itself when waiting was enough', async () => {
    const policy = aPolicy({ mode: 'shadow', ladder: [waitRung, aRung()], probation: { seconds: 0 } });
    const next = await triaged(policy);
    symptom('OK');
    expect(await looked(next, NOW + MINUTE, policy)).toMatchObject({ end: { reason: 'recovered-by-itself' } });
  });
});
