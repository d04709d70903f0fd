import { aGroup, aMember } from '@self-healing/simulation/accounts.ts';
import {
  ALARM_NAME,
  anAttempt,
  anIncident,
  aPolicy,
  aRung,
  aState,
  INSTANCE_ID,
  MINUTE,
  NOW,
  SECOND,
  waitRung,
} from '@self-healing/simulation/builders.ts';
import { fakePorts, texts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Defect } from '../../../lambdas/core/failure.ts';
import type { Attempt } from '../../../lambdas/core/incident.ts';
import { type Check, nextSchema } from '../../../lambdas/core/next.ts';
import { verify } from '../../../lambdas/steps/verify.ts';

const done = { status: 'succeeded', detail: 'Success', exitCode: 0, output: 'nginx is active', errors: '' } as const;
const request = { document: 'd', instanceId: 'i', parameters: {}, token: 't' };

let world: World;
beforeEach(() => {
  world = fakePorts();
  world.account.commands.set('command-1', { request, result: done });
  alarm('OK');
});

function alarm(state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'): void {
  world.account.alarms.set(ALARM_NAME, { state, reason: '' });
}

function tried(given: Partial<Attempt> = {}): Attempt {
  const attempt = anAttempt({ receipt: { commandId: 'command-1' }, ...given });
  world.items.attempts.set(attempt.token, attempt);
  return attempt;
}

const look = (check: Partial<Check> = {}, given: Parameters<typeof aState>[0] = {}) =>
  verify(
    aState({ next: { do: 'verify', at: new Date(NOW).toISOString(), check: { rung: 0, verifyBy: NOW + 4 * MINUTE, ...check } }, ...given }),
    world.ports,
    NOW,
  );
const kept = () => [...world.items.attempts.values()].map(({ result }) => result);

describe('verifying', () => {
  it('begins the probation and looks again when the symptom is gone', async () => {
    tried();
    expect(await look()).toEqual({
      do: 'verify',
      at: new Date(NOW + 30 * SECOND).toISOString(),
      check: { rung: 0, verifyBy: NOW + 4 * MINUTE, goneSince: NOW },
    });
    expect(kept()).toEqual([undefined]);
  });

  describe('an attempt that travels with the workflow', () => {
    const reads = () => world.calls.filter((call) => call === 'store.attempts').length;

    it('is not read from the table by a look that judges nothing', async () => {
      const attempt = tried();
      expect(await look({ attempt })).toMatchObject({ check: { goneSince: NOW, attempt } });
      expect(reads()).toBe(0);
    });

    it('is not read where it is judged either, when it says what was tried before', async () => {
      const attempt = tried();
      const earlier = { attempts: 0, changed: false };
      expect(await look({ attempt, earlier })).toMatchObject({ check: { attempt, earlier } });
      expect(await look({ attempt, earlier, goneSince: NOW - 3 * MINUTE })).toMatchObject({ end: { reason: 'healed' } });
      expect(reads()).toBe(0);
      expect(kept()).toEqual(['recovered']);
    });

    it.each([
      [false, 'recovered-by-itself'],
      [true, 'healed'],
    ])('that changed nothing ends the incident by whether what was tried before did (%s)', async (changed, reason) => {
      const attempt = tried({ acts: false });
      const earlier = { attempts: 1, changed };
      expect(await look({ attempt, earlier, goneSince: NOW - 3 * MINUTE })).toMatchObject({ end: { reason } });
      expect(reads()).toBe(0);
    });

    it('is judged once, and told of once, where an earlier run of the step judged it and died', async () => {
      const attempt = tried();
      tried({ result: 'not-recovered' });
      alarm('ALARM');
      expect(await look({ attempt, earlier: { attempts: 0, changed: false }, verifyBy: NOW - MINUTE })).toMatchObject({ do: 'triage' });
      expect([reads(), kept(), texts(world, 'verification').length]).toEqual([1, ['not-recovered'], 1]);
    });

    it('is read where an earlier version did not say what was tried before it', async () => {
      const attempt = tried();
      expect(await look({ attempt, goneSince: NOW - 3 * MINUTE })).toMatchObject({ end: { reason: 'healed' } });
      expect(reads()).toBe(1);
      expect(kept()).toEqual(['recovered']);
    });

    it('is not judged twice where an earlier run of the step did so and died', async () => {
      const attempt = tried();
      tried({ result: 'not-recovered' });
      alarm('ALARM');
      expect(await look({ attempt, verifyBy: NOW - MINUTE })).toMatchObject({ do: 'triage' });
      expect(kept()).toEqual(['not-recovered']);
    });

    it('is read where what travels cannot be gone by', async () => {
      tried();
      const next = nextSchema.parse({
        do: 'verify',
        at: new Date(NOW).toISOString(),
        check: { rung: 0, verifyBy: NOW + MINUTE, attempt: { token: 1 } },
      });
      expect(next).toHaveProperty('check', { rung: 0, verifyBy: NOW + MINUTE, attempt: undefined });
      expect(await verify(aState({ next }), world.ports, NOW)).toMatchObject({ check: { goneSince: NOW } });
      expect(reads()).toBe(1);
    });
  });

  it('looks again at the end of the probation alone where the alarm tells since when it is OK', async () => {
    const attempt = tried();
    world.account.alarms.set(ALARM_NAME, { state: 'OK', reason: '', since: NOW - MINUTE });
    expect(await look({ attempt })).toMatchObject({ at: new Date(NOW + 3 * MINUTE).toISOString(), check: { unwatchedSince: NOW } });
    expect(await look({ attempt, unwatchedSince: NOW - 3 * MINUTE })).toMatchObject({ check: { unwatchedSince: NOW - MINUTE } });
    world.account.alarms.set(ALARM_NAME, { state: 'OK', reason: '', since: NOW - 4 * MINUTE });
    expect(await look({ attempt, unwatchedSince: NOW - 3 * MINUTE })).toMatchObject({ end: { reason: 'healed' } });
  });

  describe('where the alarm was back during an unwatched probation', () => {
    const back = { verifyBy: NOW - 2 * MINUTE, unwatchedSince: NOW - 3 * MINUTE };
    beforeEach(() => world.account.alarms.set(ALARM_NAME, { state: 'OK', reason: '', since: NOW - MINUTE }));

    it('takes the remedy for no cure once its time is over, and has it looked at anew', async () => {
      tried();
      expect(await look(back)).toEqual({ do: 'triage', at: new Date(NOW).toISOString() });
      expect(kept()).toEqual(['not-recovered']);
    });

    it('hands a symptom to a person that comes and goes, once the remedy is known to be no cure', async () => {
      tried({ result: 'not-recovered', judgedAt: NOW - 4 * MINUTE });
      expect(await look(back)).toMatchObject({
        do: 'conclude',
        end: {
          outcome: 'handed-off',
          reason: 'flapping',
          why: expect.stringContaining('the alarm was not OK in between, and is again since'),
        },
      });
      expect(kept()).toEqual(['not-recovered']);
    });

    it('takes no gap in the data of the alarm for a symptom that is back, within the time of the rung', async () => {
      tried({ result: 'not-recovered', judgedAt: NOW - 4 * MINUTE });
      const again = await look({ ...back, verifyBy: NOW + 2 * MINUTE });
      expect(again).toMatchObject({ do: 'verify', check: { unwatchedSince: NOW - MINUTE, verifyBy: NOW + 2 * MINUTE } });
      expect(kept()).toEqual(['not-recovered']);
    });

    it('does not take for the symptom of one what the alarm of many had of others', async () => {
      const incident = anIncident({ contributor: { id: 'c', attributes: { InstanceId: INSTANCE_ID } } });
      tried();
      expect(await look(back, { incident })).toMatchObject({ do: 'verify', check: { goneSince: NOW } });
    });
  });

  it('closes as healed when the symptom stayed gone', async () => {
    tried();
    expect(await look({ goneSince: NOW - 3 * MINUTE })).toMatchObject({ do: 'conclude', end: { outcome: 'recovered', reason: 'healed' } });
    expect(kept()).toEqual(['recovered']);
  });

  it('writes down what the script reported', async () => {
    tried();
    await look();
    expect(world.history).toMatchObject([{ kind: 'verification', remedy: 'restart-service', rung: 0, detail: 'nginx is active' }]);
  });

  it('keeps the last lines of what the script wrote, for people, and none where nothing may be kept', async () => {
    const output = [...Array(30).keys()].map((line) => `line ${line}\n\n`).join('');
    const judge = async (policy = aPolicy()) => {
      tried();
      world.account.commands.set('command-1', { request, result: { ...done, output } });
      await look({ goneSince: NOW - 3 * MINUTE }, { policy });
      return [...world.items.attempts.values()].at(-1)?.kept;
    };
    const lines = await judge();
    expect(lines).toHaveLength(20);
    expect([lines?.[0], lines?.at(-1)]).toEqual(['line 10', 'line 29']);
    world.items.attempts.clear();
    expect(await judge(aPolicy({ keepOutput: false }))).toBeUndefined();
  });

  it('closes as recovered by itself when nothing but waiting was done', async () => {
    tried({ remedy: 'wait-and-see', acts: false, plan: {}, receipt: {} });
    const policy = aPolicy({ ladder: [waitRung] });
    expect(await look({ goneSince: NOW - 3 * MINUTE }, { policy })).toMatchObject({ end: { reason: 'recovered-by-itself' } });
  });

  it('goes back to triage for the next rung when the time is up', async () => {
    tried();
    alarm('ALARM');
    expect(await look({ verifyBy: NOW })).toMatchObject({ do: 'triage' });
    expect(kept()).toEqual(['not-recovered']);
  });

  describe('of a command that failed', () => {
    const ended = (output: string, detail = 'Failed') =>
      world.account.commands.set('command-1', { request, result: { ...done, status: 'failed', detail, exitCode: 13, output } });

    it('goes by the symptom, and counts it as a cure when that is gone, since it was done in part', async () => {
      ended('FAILED: some files could not be deleted');
      tried();
      expect(await look()).toMatchObject({ do: 'verify', check: { goneSince: NOW } });
      expect(await look({ goneSince: NOW - 3 * MINUTE })).toMatchObject({ end: { outcome: 'recovered', reason: 'healed' } });
      expect(kept()).toEqual(['recovered']);
    });

    it('waits for the symptom as for any other, and then goes on', async () => {
      ended('FAILED: nginx.service did not become active within 60 s');
      tried();
      alarm('ALARM');
      expect(await look()).toMatchObject({ do: 'verify' });
      expect(await look({ verifyBy: NOW })).toMatchObject({ do: 'triage' });
      expect(kept()).toEqual(['failed']);
    });

    it.each([
      ['the script refused', 'REFUSED: nginx.service is masked', 'Failed', 'not-applicable'],
      ['it was never delivered', '', 'Delivery Timed Out', 'not-taken'],
      ['AWS could not deliver it', '', 'Undeliverable', 'not-taken'],
    ])('goes on at once when %s, and nothing is learnt from it', async (_, output, detail, result) => {
      ended(output, detail);
      tried();
      alarm('ALARM');
      expect(await look()).toMatchObject({ do: 'triage' });
      expect([...world.items.attempts.values()]).toMatchObject([{ result }]);
    });

    it('says that it recovered by itself where nothing was done', async () => {
      ended('REFUSED: nginx.service is masked');
      tried();
      expect(await look({ goneSince: NOW - 3 * MINUTE })).toMatchObject({ end: { reason: 'recovered-by-itself' } });
    });
  });

  describe('while the command runs', () => {
    const running = () =>
      world.account.commands.set('command-1', { request, result: { ...done, status: 'running', detail: 'In Progress' } });
    const longest = { minutes: 6 };

    it('says not yet, whatever the deadline says, and writes no result', async () => {
      running();
      alarm('ALARM');
      tried({ longest });
      expect(await look({ verifyBy: NOW - MINUTE })).toMatchObject({ do: 'verify', check: { verifyBy: NOW + 30 * SECOND + 3 * MINUTE } });
      expect(kept()).toEqual([undefined]);
    });

    it('takes the longest time from the rung or the remedy for an attempt of an earlier version', async () => {
      running();
      alarm('ALARM');
      tried();
      expect(await look({ verifyBy: NOW })).toMatchObject({ do: 'verify' });
      const policy = aPolicy({ ladder: [aRung({ longest: { minutes: 4 } })] });
      expect(await look({ verifyBy: NOW }, { policy })).toMatchObject({ do: 'triage' });
    });

    it('renews the claim when the next look is later than it covers, and only then', async () => {
      running();
      alarm('ALARM');
      world.claims.leases.set(`instance#${INSTANCE_ID}`, { incident: anIncident().id, policy: 'Web-memory', expiresAt: NOW + MINUTE });
      const until = () => world.claims.leases.get(`instance#${INSTANCE_ID}`)?.expiresAt;
      tried({ longest });
      await look();
      expect(world.calls).not.toContain('claims.renew');
      tried({ longest: { minutes: 10 }, at: NOW - 10 * MINUTE + SECOND });
      world.account.commands.set('command-1', { request, result: done });
      await look();
      expect(until()).toBe(NOW + 30 * SECOND + 15 * MINUTE);
    });

    it('lets the symptom decide when it should long have ended, and does not call it in vain', async () => {
      running();
      alarm('ALARM');
      tried({ longest: { minutes: 4 } });
      expect(await look({ verifyBy: NOW })).toMatchObject({ do: 'triage' });
      expect(kept()).toEqual(['interrupted']);
    });

    it('heals when it ended late and the symptom went away within its settle time', async () => {
      running();
      alarm('ALARM');
      tried({ longest });
      const first = await look({ verifyBy: NOW - MINUTE });
      world.account.commands.set('command-1', { request, result: done });
      if (first.do !== 'verify') throw new Error('it was judged');
      const state = (now: number) => aState({ next: { ...first, at: new Date(now).toISOString() } });
      expect(await verify(state(NOW + MINUTE), world.ports, NOW + MINUTE)).toMatchObject({ do: 'verify' });
      alarm('OK');
      expect(await verify(state(NOW + 2 * MINUTE), world.ports, NOW + 2 * MINUTE)).toMatchObject({
        check: { goneSince: NOW + 2 * MINUTE },
      });
    });
  });

  describe('when the script found the service up and left it alone', () => {
    beforeEach(() => {
      const result = { ...done, status: 'failed', detail: 'Failed', exitCode: 16, output: 'REFUSED: nginx.service is active' } as const;
      world.account.commands.set('command-1', { request, result });
      tried();
    });

    it('waits for the symptom to pass, since the service may be back by itself', async () => {
      alarm('ALARM');
      expect(await look()).toMatchObject({ do: 'verify' });
      expect(kept()).toEqual([undefined]);
    });

    it('says that it recovered by itself, as nothing was done', async () => {
      expect(await look({ goneSince: NOW - 3 * MINUTE })).toMatchObject({ end: { outcome: 'recovered', reason: 'recovered-by-itself' } });
      expect(kept()).toEqual(['not-applicable']);
    });

    it('calls a person when the symptom stays, and climbs no further rung', async () => {
      alarm('ALARM');
      expect(await look({ verifyBy: NOW })).toMatchObject({
        do: 'conclude',
        end: { outcome: 'handed-off', reason: 'unsafe-to-act', why: expect.stringContaining('nginx.service is active') },
      });
      expect(kept()).toEqual(['not-applicable']);
    });
  });

  describe('when somebody cancelled the command', () => {
    beforeEach(() => {
      world.account.commands.set('command-1', { request, result: { ...done, status: 'cancelled', detail: 'Cancelled' } });
      tried();
    });

    it('calls a person when the symptom stays, climbs no heavier rung and learns nothing', async () => {
      alarm('ALARM');
      expect(await look({ verifyBy: NOW })).toMatchObject({
        do: 'conclude',
        end: { outcome: 'handed-off', reason: 'unsafe-to-act', why: expect.stringContaining('Cancelled') },
      });
      expect(kept()).toEqual(['interrupted']);
    });

    it.each(['the table', 'the state'])(
      'ends the same when its answer was lost and it looks again, with the attempt from %s',
      async (from) => {
        alarm('ALARM');
        const attempt = [...world.items.attempts.values()][0];
        const given = { verifyBy: NOW, ...(from === 'the state' && { attempt, earlier: { attempts: 0, changed: false } }) };
        for (const _ of ['answer lost', 'again']) {
          expect(await look(given)).toMatchObject({ do: 'conclude', end: { reason: 'unsafe-to-act' } });
        }
        expect(kept()).toEqual(['interrupted']);
      },
    );

    it('believes a symptom that went away', async () => {
      expect(await look({ goneSince: NOW - 3 * MINUTE })).toMatchObject({ end: { outcome: 'recovered' } });
    });
  });

  it('does not take missing data for a recovery', async () => {
    tried();
    alarm('INSUFFICIENT_DATA');
    expect(await look({ goneSince: NOW - 3 * MINUTE })).toMatchObject({ do: 'verify' });
    expect(await look({ verifyBy: NOW })).toMatchObject({ do: 'triage' });
  });

  it('judges an interrupted attempt by the symptom alone, and not while it may be under way', async () => {
    const { receipt: _, ...flying } = tried({ longest: { minutes: 5 } });
    world.items.attempts.set(flying.token, flying);
    expect(await look({ goneSince: NOW - 3 * MINUTE })).toMatchObject({ do: 'verify', check: { goneSince: NOW - 3 * MINUTE } });

    const interrupted = { ...flying, longest: { minutes: 4 } };
    world.items.attempts.set(interrupted.token, interrupted);

    expect(await look({ goneSince: NOW - 3 * MINUTE })).toMatchObject({ end: { reason: 'healed' } });
    expect(world.calls).not.toContain('commands.result');

    world.items.attempts.set(interrupted.token, interrupted);
    alarm('ALARM');
    expect(await look({ verifyBy: NOW })).toMatchObject({ do: 'triage' });
    expect(kept()).toEqual(['interrupted']);
  });

  it.each(['not-applicable', 'not-taken'] as const)(
    'leaves it written that the last rung was %s when the symptom went away later',
    async (result) => {
      const { receipt: _, ...without } = tried();
      world.items.attempts.set(without.token, { ...without, acts: result === 'not-taken', result, why: 'as it was' });

      expect(await look({ goneSince: NOW - 3 * MINUTE })).toMatchObject({ do: 'conclude', end: { reason: 'recovered-by-itself' } });
      expect([...world.items.attempts.values()]).toMatchObject([{ result, why: 'as it was' }]);
    },
  );

  it.each(['not-recovered', 'failed', 'interrupted'] as const)(
    'writes it down when a cure that had ended as %s worked late, and does not go round in circles',
    async (result) => {
      world.account.commands.set('command-1', { request, result: { ...done, status: 'failed', detail: 'Failed', exitCode: 1 } });
      tried({ result });
      expect(await look()).toMatchObject({ do: 'verify', check: { goneSince: NOW } });
      expect(await look({ goneSince: NOW - 3 * MINUTE })).toMatchObject({ do: 'conclude', end: { reason: 'healed' } });
      expect(kept()).toEqual(['recovered']);
    },
  );

  it('climbs on at once when the symptom is back after it went away late', async () => {
    tried({ result: 'not-recovered' });
    alarm('ALARM');
    expect(await look({ goneSince: NOW - MINUTE })).toMatchObject({ do: 'triage' });
    expect(kept()).toEqual(['not-recovered']);
  });

  it.each([
    ['the workflow did not say what to verify', () => look({}, { next: { do: 'remediate', rung: 0, remedy: 'restart-service' } })],
    ['the rung has no attempt', () => look({ rung: 3 })],
  ])('is a defect when %s', async (_, run) => {
    tried();
    await expect(run()).rejects.toThrow(Defect);
  });

  it('is a defect when the attempt names a remedy that there is not', async () => {
    tried({ remedy: 'format-disk' });
    await expect(look()).rejects.toThrow('there is no remediator format-disk');
  });

  describe('a replaced instance', () => {
    const proof = { namespace: 'CWAgent', metric: 'mem_used_percent', dimensions: {}, within: { minutes: 5 } };
    const policy = aPolicy({ proof, ladder: [aRung({ remedy: 'replace-instance', params: {} })] });
    const incident = anIncident({ contributor: { id: 'c', attributes: { InstanceId: INSTANCE_ID } } });
    const successors = aGroup({ members: [aMember('i-00000001'), aMember('i-00000009')] });

    beforeEach(() => {
      world.account.silentSeries.add(INSTANCE_ID);
      world.account.groups.set('web', successors);
      tried({ remedy: 'replace-instance', plan: { id: INSTANCE_ID, group: 'web' }, receipt: { group: 'web' } });
    });

    it('is healed when it reports no more and its successor is in service', async () => {
      expect(await look({}, { policy, incident })).toMatchObject({ do: 'verify', check: { goneSince: NOW } });
      expect(await look({ goneSince: NOW - 3 * MINUTE }, { policy, incident })).toMatchObject({ end: { reason: 'healed' } });
    });

    it('is not healed while its successor is not in service, for which it is waited as long as that may take', async () => {
      world.account.groups.set('web', aGroup({ members: [aMember('i-00000001')] }));
      expect(await look({ verifyBy: NOW, goneSince: NOW - 3 * MINUTE }, { policy, incident })).toMatchObject({ do: 'verify' });
      const impatient = aPolicy({ proof, ladder: [aRung({ remedy: 'replace-instance', params: {}, longest: { minutes: 4 } })] });
      expect(await look({ verifyBy: NOW }, { policy: impatient, incident })).toMatchObject({ do: 'triage' });
    });

    it('is not healed when CloudWatch does not list all contributors in ALARM', async () => {
      world.account.contributorsComplete.value = false;
      expect(await look({ verifyBy: NOW }, { policy, incident })).toMatchObject({ do: 'triage' });
    });
  });
});
