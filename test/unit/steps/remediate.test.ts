import { aGroup } from '@self-healing/simulation/accounts.ts';
import {
  anAttempt,
  anIncident,
  aPolicy,
  aRung,
  aState,
  climbing,
  INSTANCE_ID,
  MINUTE,
  NOW,
  SECOND,
} from '@self-healing/simulation/builders.ts';
import { FIRST_RECORD, failing, fakePorts, losingAnswerOf, texts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Defect, TargetGone, TryAgain, Uncertain } from '../../../lambdas/core/failure.ts';
import { attemptToken } from '../../../lambdas/core/incident.ts';
import { nextRung } from '../../../lambdas/core/ladder.ts';
import type { Next } from '../../../lambdas/core/next.ts';
import { remediator as addCapacity } from '../../../lambdas/remediators/add-capacity.ts';
import { remediator as restartService } from '../../../lambdas/remediators/restart-service.ts';
import { remediate } from '../../../lambdas/steps/remediate.ts';

const incident = anIncident();
const TOKEN = attemptToken(incident.id, 0);
const settledAt = (now: number) => new Date(now + 30 * SECOND).toISOString();

let world: World;
beforeEach(() => {
  world = fakePorts();
  world.account.agents.set(INSTANCE_ID, 'online');
  world.claims.leases.set(`instance#${INSTANCE_ID}`, { incident: incident.id, policy: incident.policy, expiresAt: NOW + 15 * MINUTE });
});

const climb = (given: Parameters<typeof aState>[0] = {}, now = NOW) =>
  remediate(aState({ next: climbing(), ...given }), restartService, 'healing-restart-service', world.ports, now);
const sent = () => world.calls.filter((call) => call === 'commands.send').length;
const attempt = () => world.items.attempts.get(TOKEN);

/** Another incident acted on the target. */
function acted(other: ReturnType<typeof anAttempt>): void {
  world.items.attempts.set(other.token, other);
  world.items.histories.set(`instance#${INSTANCE_ID}`, [other.token]);
}

describe('climbing a rung', () => {
  it('observes, writes the attempt, reads the pause switch and the mode, acts with nothing in between, then keeps receipt and history', async () => {
    const next = await climb();
    expect(next).toMatchObject({ do: 'verify', at: settledAt(NOW), check: { rung: 0, verifyBy: NOW + 30 * SECOND + 4 * MINUTE } });
    expect(next).toHaveProperty('check.attempt', attempt());

    expect(world.calls).toEqual([
      'store.history',
      'commands.agent',
      'store.record',
      'pauseSwitch.read',
      'modes.read',
      'commands.send',
      'store.recordReceipt',
      'history.write',
    ]);
    expect(attempt()).toMatchObject({
      token: TOKEN,
      summary: 'restart service nginx',
      cooldown: { minutes: 3 },
      receipt: { commandId: 'command-1' },
    });
    expect(world.history.map(({ kind, text }) => [kind, text])).toEqual([['acted', 'restart service nginx']]);
  });

  it('measures the time to the first action, and only to the first', async () => {
    await climb();
    expect(world.times).toEqual([{ metric: 'first action', policy: 'Web-memory', seconds: 60 }]);

    await climb({ policy: aPolicy({ ladder: [aRung(), aRung()] }), next: climbing(1) });
    expect(world.times).toHaveLength(1);
  });

  it('does not act when the pause switch was set after triage', async () => {
    world.pause.text = 'stop, Ada';

    expect(await climb()).toEqual({
      do: 'conclude',
      end: { outcome: 'skipped', reason: 'paused', why: 'the pause switch says: stop, Ada' },
    });
    expect(sent()).toBe(0);
    expect(attempt()).toMatchObject({ result: 'not-taken' });
  });

  it.each([
    ['deployed anew', ['another record']],
    ['taken away', []],
  ])('does not act under a policy that was %s since the incident began', async (how, records) => {
    world.records.set('Web-memory', records);

    const why = `policy Web-memory was ${how} since the incident began`;
    expect(await climb({ record: FIRST_RECORD })).toEqual({ do: 'conclude', end: { outcome: 'skipped', reason: 'policy-changed', why } });
    expect(sent()).toBe(0);
    expect(attempt()).toMatchObject({ result: 'not-taken' });
    expect(texts(world, 'acted')).toEqual([`did not restart service nginx: ${why}`]);
  });

  it('hands off what an earlier rung changed under a policy that was deployed anew', async () => {
    acted(anAttempt({ rung: 0, result: 'not-recovered' }));
    world.records.set('Web-memory', ['another record']);
    const ladder = [aRung(), aRung()];
    expect(
      await climb({ record: FIRST_RECORD, policy: aPolicy({ ladder }), next: { ...climbing(1), actsKnown: 1 } as Next }),
    ).toMatchObject({
      end: { outcome: 'handed-off', reason: 'policy-changed' },
    });
  });

  it.each([
    ['is as it was', [FIRST_RECORD]],
    ['moves to another stack', ['another record', FIRST_RECORD]],
  ])('acts under a policy that %s', async (_, records) => {
    world.records.set('Web-memory', records);
    expect(await climb({ record: FIRST_RECORD })).toMatchObject({ do: 'verify' });
    expect(world.calls.slice(world.calls.indexOf('store.record') + 1, world.calls.indexOf('commands.send'))).toEqual([
      'pauseSwitch.read',
      'modes.read',
      'policyRecords.current',
    ]);
  });

  it('acts where an earlier version of intake did not say which record it found', async () => {
    world.records.set('Web-memory', ['another record']);
    expect(await climb()).toMatchObject({ do: 'verify' });
  });

  it.each([
    ['shadow', undefined],
    ['shadow', true],
    ['approval', undefined],
  ] as const)('goes back to triage without acting when the policy was demoted to %s since (approved: %s)', async (mode, approved) => {
    world.approvals.overrides.set('Web-memory', { mode, why: 'it failed elsewhere', at: NOW, by: 'self-healing' });
    const next = { ...climbing(), ...(approved && { approved }) } as Next;

    expect(await climb({ next })).toEqual({ do: 'triage', at: new Date(NOW).toISOString() });
    expect(sent()).toBe(0);
    expect(attempt()).toMatchObject({ result: 'not-taken', again: true });
  });

  it('acts under a policy that asks, when the rung was approved', async () => {
    world.approvals.overrides.set('Web-memory', { mode: 'approval', why: 'it failed elsewhere', at: NOW, by: 'self-healing' });
    expect(await climb({ next: { ...climbing(), approved: true } as Next })).toMatchObject({ do: 'verify' });
    expect(sent()).toBe(1);
  });

  it('goes back to triage without acting when another incident acted on the target between the reading and the claim', async () => {
    const next = { ...climbing(), decidedAt: NOW, actsKnown: 0 } as Next;
    acted(anAttempt({ incident: 'another', token: 'another-0', at: NOW - SECOND }));

    expect(await climb({ next })).toEqual({ do: 'triage', at: new Date(NOW).toISOString() });
    expect(sent() + world.items.attempts.size).toBe(1);
    expect(await climb({ next: { ...next, actsKnown: 1 } as Next })).toMatchObject({ do: 'verify' });
  });

  it('does not ask how many acts were known of a decision of an earlier version, which looked again itself', async () => {
    acted(anAttempt({ incident: 'another', token: 'another-0', at: NOW - SECOND }));
    expect(await climb({ next: { ...climbing(), decidedAt: NOW } as Next })).toMatchObject({ do: 'verify' });
  });

  it('goes on from what it did itself, though that is an act which was not known', async () => {
    const next = { ...climbing(), decidedAt: NOW, actsKnown: 0 } as Next;
    const first = await climb({ next });
    world.account.agents.set(INSTANCE_ID, 'silent');

    expect(await climb({ next }, NOW + SECOND)).toEqual(first);
    expect(sent()).toBe(1);
    expect(texts(world, 'acted')).toEqual(['restart service nginx', 'restart service nginx: took place before the interruption']);
  });

  it('goes on from what it did itself, though the target cannot be looked at any more', async () => {
    const first = await climb();
    failing(world, 'commands.agent', new TargetGone('InvalidInstanceId', undefined));
    expect(await climb({}, NOW + SECOND)).toEqual(first);
  });

  it('goes back to triage without acting when the lease was lost', async () => {
    world.claims.leases.set(`instance#${INSTANCE_ID}`, { incident: 'other', policy: 'Web-disk', expiresAt: NOW + MINUTE });

    expect(await climb()).toEqual({ do: 'triage', at: new Date(NOW).toISOString() });
    expect(sent()).toBe(0);
    expect(world.items.attempts.size).toBe(0);
  });

  it('goes back to triage without acting when its own lease has lapsed', async () => {
    world.claims.leases.set(`instance#${INSTANCE_ID}`, { incident: incident.id, policy: 'Web-memory', expiresAt: NOW });

    expect(await climb()).toMatchObject({ do: 'triage' });
    expect(sent()).toBe(0);
  });

  it('leaves a mark and goes on to the next rung when the remedy does not apply', async () => {
    world.account.agents.set(INSTANCE_ID, 'silent');

    expect(await climb()).toMatchObject({ do: 'triage' });
    expect(attempt()).toMatchObject({ acts: false, result: 'not-applicable' });
    expect(texts(world, 'decision')).toEqual([expect.stringContaining('restart-service refuses (not-applicable)')]);
    expect(sent()).toBe(0);
  });

  it.each([
    ['the workflow named no rung', { next: { do: 'triage', at: settledAt(NOW) } }],
    ['the rung is of another remedy', { policy: aPolicy({ ladder: [aRung({ remedy: 'clear-caches' })] }) }],
    ['the rung is not on the ladder', { next: climbing(7) }],
    ['the parameters are not valid', { policy: aPolicy({ ladder: [aRung({ params: { service: 'nginx; reboot' } })] }) }],
  ] as [string, Parameters<typeof aState>[0]][])('is a defect, before anything is called, when %s', async (_, given) => {
    await expect(climb(given)).rejects.toThrow(Defect);
    expect(world.calls.filter((call) => call.startsWith('commands.'))).toEqual([]);
  });
});

describe('an act that AWS did not take', () => {
  const decided = (decidedAt: number) => ({ ...climbing(), decidedAt }) as Next;

  it.each([
    ['was denied', new Defect('AccessDenied', undefined)],
    ['met a target that is gone', new TargetGone('InvalidInstanceId', undefined)],
  ])('because it %s leads to the next rung, and nothing is learnt from it', async (_, error) => {
    failing(world, 'commands.send', error);

    expect(await climb()).toEqual({ do: 'triage', at: new Date(NOW).toISOString() });
    expect(attempt()).toMatchObject({ result: 'not-taken', again: false, why: error.message });
    expect(texts(world, 'acted')).toEqual([`did not restart service nginx: ${error.message}`]);
    expect(world.times).toEqual([]);
    expect(nextRung(aPolicy(), [...world.items.attempts.values()], [], NOW)).toMatchObject({ number: 1 });
  });

  describe('because it was throttled', () => {
    beforeEach(() => failing(world, 'commands.send', new TryAgain('Throttling', undefined)));
    const again = (now: number) => climb({ next: decided(now) }, now);

    it('waits for the next look and is decided anew, on the same rung', async () => {
      expect(await climb({ next: decided(NOW) })).toEqual({ do: 'triage', at: settledAt(NOW) });
      expect(attempt()).toMatchObject({ result: 'not-taken', again: true });
      expect(nextRung(aPolicy(), [...world.items.attempts.values()], [], NOW)).toMatchObject({ number: 0 });
    });

    it('is not asked for again by a second run of the same step', async () => {
      const first = await climb({ next: decided(NOW) });
      expect(await climb({ next: decided(NOW) }, NOW + SECOND)).toEqual(first);
      expect(sent()).toBe(1);
    });

    it('acts once when a new decision finds AWS willing', async () => {
      await climb({ next: decided(NOW) });
      world.disturb.before = () => {};
      expect(await again(NOW + 30 * SECOND)).toMatchObject({ do: 'verify' });
      expect(attempt()).toMatchObject({ at: NOW + 30 * SECOND, firstAt: NOW, receipt: { commandId: 'command-1' } });
      expect(attempt()).not.toHaveProperty('result');
      expect(await again(NOW + 30 * SECOND)).toMatchObject({ do: 'verify' });
      expect(await climb({ next: decided(NOW) }, NOW + MINUTE)).toMatchObject({ do: 'verify' });
      expect(world.account.commands.size).toBe(1);
    });

    it('is handed off by its own reason when AWS does not take it for as long as the policy waits', async () => {
      await climb({ next: decided(NOW) });
      const almost = NOW + 29 * MINUTE + 30 * SECOND;
      expect(await again(almost)).toMatchObject({ do: 'triage' });
      world.claims.leases.set(`instance#${INSTANCE_ID}`, { incident: incident.id, policy: incident.policy, expiresAt: NOW + 60 * MINUTE });
      expect(await again(NOW + 30 * MINUTE)).toMatchObject({
        do: 'conclude',
        end: { outcome: 'handed-off', reason: 'act-not-taken', why: expect.stringContaining('for 30 min: Throttling') },
      });
    });
  });

  it('frees its share of the budget, as one does that its remedy refuses, and no other', async () => {
    const spending = { [TOKEN]: NOW, other: NOW };
    world.claims.spending = spending;
    failing(world, 'commands.send', new TryAgain('Throttling', undefined));
    await climb();
    expect(world.claims.spending).toEqual({ other: NOW });

    world.items.attempts.clear();
    world.claims.spending = spending;
    world.account.agents.set(INSTANCE_ID, 'silent');
    await climb();
    expect(world.claims.spending).toEqual({ other: NOW });
  });

  it.each([new Uncertain('no answer', undefined), undefined])('keeps its share where it took place, or may have: %s', async (error) => {
    world.claims.spending = { [TOKEN]: NOW };
    if (error) failing(world, 'commands.send', error);
    await climb();
    expect(world.claims.spending).toEqual({ [TOKEN]: NOW });
  });

  it.each(['pauseSwitch.read', 'modes.read', 'policyRecords.current'])(
    'is held back and tried again when %s does not answer',
    async (call) => {
      failing(world, call, new TryAgain('no answer', undefined));
      expect(await climb({ record: FIRST_RECORD })).toEqual({ do: 'triage', at: settledAt(NOW) });
      expect(attempt()).toMatchObject({ result: 'not-taken', again: true });
      expect(sent()).toBe(0);
    },
  );

  it('keeps its line of the history when that could not be written at first', async () => {
    failing(world, 'commands.send', new Defect('AccessDenied', undefined));
    let failed = false;
    const before = world.disturb.before;
    world.disturb.before = (call) => {
      if (call === 'history.write' && !failed) {
        failed = true;
        throw new TryAgain('ServiceUnavailable', undefined);
      }
      return before(call);
    };
    await expect(climb()).rejects.toThrow('ServiceUnavailable');
    expect(await climb()).toMatchObject({ do: 'triage' });
    expect(texts(world, 'acted')).toEqual(['did not restart service nginx: AccessDenied']);
    expect(sent()).toBe(1);
  });
});

describe('a decision', () => {
  const decided = (more: object) => ({ ...climbing(), ...more }) as Next;

  it('holds for a minute, and then goes back to triage before anything is looked at or written', async () => {
    expect(await climb({ next: decided({ decidedAt: NOW - MINUTE }) })).toMatchObject({ do: 'verify' });
    world.items.attempts.clear();
    world.calls.length = 0;
    expect(await climb({ next: decided({ decidedAt: NOW - MINUTE - 1 }) })).toEqual({
      do: 'triage',
      at: new Date(NOW).toISOString(),
      lateSince: NOW,
    });
    expect(world.calls).toEqual(['store.history', 'history.write']);
  });

  it('that came too late each time, for longer than the policy waits, is handed off', async () => {
    const late = (lateSince: number) => climb({ next: decided({ decidedAt: NOW - 2 * MINUTE, lateSince }) });
    expect(await late(NOW - 30 * MINUTE)).toMatchObject({ do: 'triage', lateSince: NOW - 30 * MINUTE });
    expect(await late(NOW - 30 * MINUTE - 1)).toMatchObject({ do: 'conclude', end: { outcome: 'handed-off', reason: 'act-not-taken' } });
  });

  it('does not hold when a protected window begins before the step must have ended', async () => {
    const windowAt = (from: string) =>
      aPolicy({ guardrails: { protectedWindows: [{ from, to: '12:00', timeZone: 'UTC', why: 'trading' }] } });
    expect(await climb({ policy: windowAt('10:20') })).toMatchObject({ do: 'triage' });
    expect(await climb({ policy: windowAt('10:21') })).toMatchObject({ do: 'triage' });
    expect(sent()).toBe(0);
    expect(await climb({ policy: windowAt('10:22') })).toMatchObject({ do: 'verify' });
  });

  it('does not matter to an act that was begun: that is looked up, however late', async () => {
    await climb();
    expect(await climb({ next: decided({ decidedAt: NOW - 60 * MINUTE }) })).toMatchObject({ do: 'verify' });
  });
});

describe('an act whose answer was lost', () => {
  it.each([
    ['reported by the adapter', new Uncertain('socket hang up', undefined)],
    ['of any other kind', new Error('something else')],
  ])('(%s) is not repeated; verification will tell', async (_, error) => {
    losingAnswerOf(world, 'commands.send', error);

    expect(await climb()).toMatchObject({ do: 'verify', at: settledAt(NOW) });
    expect(sent()).toBe(1);
    expect(attempt()).not.toHaveProperty('receipt');
    expect(world.history.at(-1)).toMatchObject({ kind: 'acted', uncertain: true });
  });
});

describe('a second run of the same rung', () => {
  it('acts no more and goes to verify by the first run’s clock when the receipt is there', async () => {
    const first = await climb();

    expect(await climb({}, NOW + 10 * SECOND)).toEqual(first);
    expect(sent()).toBe(1);
  });

  it.each(['store.recordReceipt', 'history.write'])('finds the act again after a crash at %s just after it', async (call) => {
    let acted = false;
    world.disturb.before = (name) => {
      if (acted && name === call) throw new Error('killed');
      acted ||= name === 'commands.send';
    };
    await expect(climb()).rejects.toThrow('killed');
    world.disturb.before = () => {};

    expect(await climb({}, NOW + 2 * SECOND)).toMatchObject({ do: 'verify', at: settledAt(NOW) });
    expect(sent()).toBe(1);
    expect(attempt()).toMatchObject({ receipt: { commandId: 'command-1' } });
  });

  it.each(['paused', 'running'])('loses neither act nor line by one failed writing of the history (%s)', async (switched) => {
    if (switched === 'paused') world.pause.text = 'Anna works on it';
    let failed = false;
    world.disturb.before = (call) => {
      if (call !== 'history.write' || failed) return;
      failed = true;
      throw new TryAgain('ServiceUnavailable', undefined);
    };
    await expect(climb()).rejects.toThrow('ServiceUnavailable');
    expect(await climb({}, NOW + 2 * SECOND)).toMatchObject({ do: switched === 'paused' ? 'triage' : 'verify' });
    expect(sent()).toBe(switched === 'paused' ? 0 : 1);
    expect(texts(world, 'acted')).toHaveLength(1);
  });

  it('never acts after a crash between writing the attempt and acting, since nobody can tell it from one just after', async () => {
    losingAnswerOf(world, 'store.record', new Error('killed'));
    await expect(climb()).rejects.toThrow('killed');
    world.disturb.after = () => {};

    expect(await climb({}, NOW + 2 * SECOND)).toMatchObject({ do: 'verify' });
    expect(sent()).toBe(0);
    expect(texts(world, 'acted')).toEqual([
      expect.stringContaining('was interrupted; whether it took place is not known, and it is not repeated'),
    ]);
    expect(world.history.at(-1)).toMatchObject({ interrupted: true });
  });

  it('acts once when two runs overlap', async () => {
    const answers = await Promise.all([climb(), climb()]);

    expect(answers.map((answer) => answer.do)).toEqual(['verify', 'verify']);
    expect(sent()).toBe(1);
  });

  it('goes to triage when the attempt was judged already', async () => {
    world.items.attempts.set(TOKEN, anAttempt({ result: 'not-recovered' }));

    expect(await climb()).toMatchObject({ do: 'triage' });
    expect(sent()).toBe(0);
  });
});

describe('a remedy whose act AWS takes whatever has changed', () => {
  const target = { kind: 'auto-scaling-group', name: 'web' } as const;
  const grown = anIncident({ target });
  const policy = aPolicy({
    targets: { kind: 'fixed', target },
    group: { kind: 'single', target },
    ladder: [aRung({ remedy: 'add-capacity', params: { instances: 1 } })],
  });
  const add = () =>
    remediate(aState({ incident: grown, policy, next: climbing(0, 'add-capacity') }), addCapacity, 'none', world.ports, NOW);

  beforeEach(() => {
    world.account.groups.set('web', aGroup({ desired: 2, max: 20 }));
    world.claims.leases.set('auto-scaling-group#web', { incident: grown.id, policy: policy.name, expiresAt: NOW + 15 * MINUTE });
  });

  it('looks a second time before the act, reads the switch and the mode after that, and acts on what is still so', async () => {
    expect(await add()).toMatchObject({ do: 'verify' });
    expect(world.account.groups.get('web')?.desired).toBe(3);
    expect(world.calls.slice(world.calls.indexOf('store.record'))).toEqual([
      'store.record',
      'groups.describe',
      'pauseSwitch.read',
      'modes.read',
      'groups.setDesiredCapacity',
      'store.recordReceipt',
      'history.write',
    ]);
  });

  it('leaves a group as it is that scaled while the attempt was written', async () => {
    world.disturb.before = (call) => {
      if (call === 'store.record') world.account.groups.set('web', aGroup({ desired: 10, max: 20 }));
    };
    expect(await add()).toEqual({ do: 'triage', at: settledAt(NOW) });
    expect(world.account.groups.get('web')?.desired).toBe(10);
    expect(world.calls).not.toContain('groups.setDesiredCapacity');
    expect(attempt()).toMatchObject({ result: 'not-taken', again: true });
  });

  it.each<[string, () => void, object]>([
    ['the pipeline was paused', () => (world.pause.text = 'stop, Ada'), { do: 'conclude', end: { reason: 'paused' } }],
    [
      'the policy was demoted',
      () => world.approvals.overrides.set(policy.name, { mode: 'shadow', why: 'a failure', at: NOW, by: 'Ada' }),
      { do: 'triage' },
    ],
  ])('does nothing where %s while it was looked at a second time, however long that took', async (_, meanwhile, next) => {
    world.disturb.after = (call) => {
      if (call === 'groups.describe' && world.calls.includes('store.record')) meanwhile();
    };
    expect(await add()).toMatchObject(next);
    expect(world.calls).not.toContain('groups.setDesiredCapacity');
    expect(attempt()).toMatchObject({ result: 'not-taken', again: true });
  });

  it.each([
    ['is gone', undefined],
    ['has its launching suspended', aGroup({ desired: 2, max: 20, suspended: ['Launch'] })],
  ])('does nothing to a group that %s meanwhile, or that cannot be looked at', async (_, changed) => {
    world.disturb.before = (call) => {
      if (call !== 'store.record') return;
      if (changed) world.account.groups.set('web', changed);
      else world.account.groups.delete('web');
    };
    expect(await add()).toMatchObject({ do: 'triage' });
    expect(world.calls).not.toContain('groups.setDesiredCapacity');
  });

  it('does nothing when it cannot be looked at a second time', async () => {
    let looks = 0;
    world.disturb.before = (call) => {
      if (call === 'groups.describe' && ++looks === 2) throw new Error('no answer at all');
    };
    expect(await add()).toEqual({ do: 'triage', at: settledAt(NOW) });
    expect(world.calls).not.toContain('groups.setDesiredCapacity');
  });
});
