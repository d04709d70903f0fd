import { aGrowth } from '@self-healing/simulation/accounts.ts';
import {
  ALARM_NAME,
  anAttempt,
  anIncident,
  aPolicy,
  aRung,
  aState,
  HOUR,
  INSTANCE_ID,
  MINUTE,
  NOW,
} from '@self-healing/simulation/builders.ts';
import { failing, fakePorts, texts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { fakeSweep, type SweepRecord } from '@self-healing/simulation/doubles/fake-sweep.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { BrokenWorkflow } from '../../../lambdas/core/broken-workflow.ts';
import { type GiveBackEnd, giveBackToken } from '../../../lambdas/core/give-back/give-back.ts';
import { attemptToken } from '../../../lambdas/core/incident.ts';
import { conclude as concludeWith } from '../../../lambdas/core/next.ts';
import { endFor } from '../../../lambdas/core/reasons.ts';
import type { WorkflowState } from '../../../lambdas/core/workflow-state.ts';
import { conclude } from '../../../lambdas/steps/conclude.ts';
import { sweep } from '../../../lambdas/steps/sweep.ts';

const incident = anIncident();

let world: World;
let ports: ReturnType<typeof fakeSweep>['ports'];
let record: SweepRecord;
beforeEach(() => {
  world = fakePorts();
  ({ ports, record } = fakeSweep(world));
});

const swept = (now = NOW) => sweep(ports, now);

describe('alarms', () => {
  it('that are in ALARM are told to the rules again, with the time at which they entered it', async () => {
    world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: 'too much', since: NOW - HOUR });
    world.account.alarms.set('calm', { state: 'OK', reason: '' });
    world.account.alarms.set('blind', { state: 'INSUFFICIENT_DATA', reason: '' });

    expect(await swept()).toEqual({ watched: 3, inAlarm: 1, told: 1, repaired: [] });

    expect(record.told).toEqual([{ alarmName: ALARM_NAME, since: NOW - HOUR, reason: 'too much' }]);
  });

  it('over many series are told by their contributors', async () => {
    world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: '1 out of 2', since: NOW - HOUR });
    const attributes = { InstanceId: INSTANCE_ID };
    world.account.contributors.set(ALARM_NAME, [{ id: '7', attributes, since: NOW - MINUTE, reason: 'this one' }]);

    await swept();

    expect(record.told).toEqual([{ alarmName: ALARM_NAME, since: NOW - MINUTE, reason: 'this one', contributor: { id: '7', attributes } }]);
  });

  it('that are muted or suppressed are left alone', async () => {
    world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: '', quieted: true });
    await swept();
    expect(record.told).toEqual([]);
  });

  it('that do not say since when are no reason to open an incident, and fail the sweep', async () => {
    world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: '', since: Number.NaN });
    await expect(swept()).rejects.toThrow('1 alarms do not say since when');
    expect([record.told, record.beats]).toEqual([[], 0]);
  });

  it('are bounded in a storm, and each has its turn in later sweeps', async () => {
    for (let number = 0; number < 1_500; number += 1) world.account.alarms.set(`a-${number}`, { state: 'ALARM', reason: '', since: NOW });
    await swept(NOW);
    expect(record.told).toHaveLength(1_000);
    for (let later = 1; later <= 10; later += 1) await swept(NOW + later * 5 * MINUTE);
    expect(new Set(record.told.map(({ alarmName }) => alarmName)).size).toBe(1_500);
  });
});

describe('a workflow that broke', () => {
  const broken: BrokenWorkflow = { incidentId: incident.id, brokenAt: NOW - 10 * MINUTE, how: 'was aborted' };
  const breaks = (state: WorkflowState, more: Partial<BrokenWorkflow> = {}, why = '') => {
    record.broken.push({ ...broken, ...more });
    record.lastWords.set(incident.id, { state: JSON.parse(JSON.stringify(state)), why });
  };
  beforeEach(() => {
    world.claims.leases.set(`instance#${INSTANCE_ID}`, { incident: incident.id, policy: incident.policy, expiresAt: NOW + HOUR });
  });

  it('has its incident handed off with the true cause, told, counted and its claim given back', async () => {
    world.items.attempts.set('t', anAttempt());
    breaks(aState(), {}, 'States.Runtime: somebody pressed stop');

    expect(await swept()).toMatchObject({ repaired: [incident.id] });

    expect(world.items.endings.get(incident.id)).toMatchObject({ end: { outcome: 'handed-off', reason: 'unexpected-error' }, told: true });
    expect(texts(world, 'outcome')).toEqual(['its workflow was aborted: States.Runtime: somebody pressed stop']);
    expect(world.notices[0]?.why[1]).toContain('somebody pressed stop');
    expect(world.claims.leases.size).toBe(0);
    expect([record.repairs, record.beats]).toEqual([[1], 1]);
    expect(texts(world, 'sweep')).toEqual(['concluded 1 incidents whose workflow had broken']);
  });

  it('is concluded once, however often the sweep comes by', async () => {
    breaks(aState());
    for (const later of [0, 5, 10]) await swept(NOW + later * MINUTE);
    expect([world.messages.length, texts(world, 'outcome').length, texts(world, 'sweep').length]).toEqual([1, 1, 1]);
    expect(record.repairs).toEqual([1, 0, 0]);
  });

  it('ends as it was about to, when only its conclusion failed', async () => {
    breaks(aState({ next: concludeWith(endFor('healed', 'alarm is OK', 1)) }), { how: 'failed' });
    await swept();
    expect(world.items.endings.get(incident.id)?.end).toEqual({ outcome: 'recovered', reason: 'healed', why: 'alarm is OK' });
  });

  it('is left alone while a function that it called may still be at work', async () => {
    breaks(aState(), { brokenAt: NOW - MINUTE });
    expect(await swept()).toMatchObject({ repaired: [] });
    expect(await swept(NOW + MINUTE)).toMatchObject({ repaired: [incident.id] });
  });

  it('gets only what is missing', async () => {
    const state = aState({ next: concludeWith(endFor('ladder-exhausted', 'still there', 1)) });
    failing(world, 'notifier.publish', new Error('unavailable'));
    await expect(conclude(state, world.ports, NOW - 15 * MINUTE)).rejects.toThrow('unavailable');
    world.disturb.before = () => {};
    breaks(state, { how: 'failed' });

    await swept();

    expect([world.messages.length, texts(world, 'outcome').length]).toEqual([1, 1]);
  });

  it('gives back a claim that its conclusion could not give back', async () => {
    const state = aState({ next: concludeWith(endFor('healed', 'OK', 1)) });
    failing(world, 'claims.release', new Error('unavailable'));
    await expect(conclude(state, world.ports, NOW - 15 * MINUTE)).rejects.toThrow('unavailable');
    world.disturb.before = () => {};
    breaks(state, { how: 'failed' });

    await swept();

    expect(world.claims.leases.size).toBe(0);
    expect([world.messages.length, texts(world, 'outcome').length]).toEqual([1, 1]);
  });

  describe('while it kept what a remedy had added', () => {
    const policy = aPolicy({ ladder: [aRung({ remedy: 'add-capacity', params: {} }), aRung({ remedy: 'add-capacity', params: {} })] });
    const healed = aState({ policy, next: concludeWith(endFor('healed', 'OK', 1)) });
    const added = (rung: number) =>
      world.items.attempts.set(
        attemptToken(incident.id, rung),
        anAttempt({ rung, remedy: 'add-capacity', plan: aGrowth(), summary: `raise it (${rung})`, result: 'recovered' }),
      );
    const begun = (rung: number, end?: GiveBackEnd) =>
      world.items.giveBacks.set(giveBackToken(incident.id, rung), {
        ...{ token: 't', incident: incident.id, target: incident.target, rung, remedy: 'add-capacity', at: NOW - MINUTE },
        ...{ plan: aGrowth(), summary: 'lower it', ...(end && { end }) },
      });
    const notGivenBack = () => world.notices.filter(({ stage }) => stage === 'not-given-back');
    const isKept = async () => {
      expect(await conclude(healed, world.ports, NOW - 15 * MINUTE)).toMatchObject({ do: 'keep' });
      breaks(healed);
    };

    it('is told once that nobody gives it back, each change for itself, the last first', async () => {
      added(0);
      added(1);
      await isKept();
      for (const later of [0, 5, 10]) await swept(NOW + later * MINUTE);
      expect(notGivenBack().map(({ id }) => id)).toEqual([2, 1].map((number) => `${incident.id}/not-given-back/${number}`));
      expect(notGivenBack()[0]).toMatchObject({ reason: 'failed', alert: { state: 'open' } });
      expect(notGivenBack()[0]?.why.at(-1)).toContain('its workflow was aborted');
      expect(texts(world, 'not-given-back')).toHaveLength(2);
      expect(texts(world, 'outcome')).toEqual(['OK']);
      expect(record.repairs).toEqual([1, 0, 0]);
    });

    it('is told so too where its last words are older than its end', async () => {
      added(0);
      await conclude(healed, world.ports, NOW - 15 * MINUTE);
      breaks(aState({ policy }), { how: 'timed out' });
      await swept();
      expect(notGivenBack()).toHaveLength(1);
      expect(world.items.endings.get(incident.id)?.end.reason).toBe('healed');
    });

    it('is told so too where its end was not told, after the end', async () => {
      added(0);
      breaks(healed, { how: 'failed' });
      await swept();
      expect(world.notices.map(({ stage }) => stage)).toEqual(['recovered', 'not-given-back']);
    });

    it('is told that it is not known, where giving back was begun, and lets go of the target', async () => {
      added(0);
      await isKept();
      begun(0);
      world.claims.leases.set(`instance#${INSTANCE_ID}`, { incident: incident.id, policy: 'giving back', expiresAt: NOW + HOUR });
      await swept();
      expect(notGivenBack()[0]?.why.at(-1)).toContain('not known');
      expect(world.claims.leases.size).toBe(0);
    });

    it('is told by the end of giving back, where there is one and it failed', async () => {
      added(0);
      await isKept();
      begun(0, { reason: 'failed', why: 'AccessDenied' });
      await swept();
      expect(notGivenBack()[0]?.why.at(-1)).toBe('AccessDenied');
    });

    it('is told nothing of what was given back', async () => {
      added(0);
      await isKept();
      begun(0, { reason: 'given-back', why: 'lower it' });
      expect(await swept()).toMatchObject({ repaired: [] });
      expect(notGivenBack()).toEqual([]);
    });

    it('is told once, however often what follows fails', async () => {
      added(0);
      added(1);
      await isKept();
      failing(world, 'claims.release', new Error('the table is out'));
      for (const later of [0, 5, 10, 70]) await swept(NOW + later * MINUTE).catch(() => undefined);
      expect(notGivenBack()).toHaveLength(1);
      world.disturb.before = () => {};
      await swept(NOW + 180 * MINUTE);
      expect(notGivenBack().map(({ id }) => id)).toEqual([2, 1].map((number) => `${incident.id}/not-given-back/${number}`));
    });

    it('is told by the next sweep, when nobody could be told', async () => {
      added(0);
      await isKept();
      failing(world, 'notifier.publish', new Error('SNS is out'));
      await expect(swept()).rejects.toThrow('SNS is out');
      world.disturb.before = () => {};
      await swept(NOW + 5 * MINUTE);
      expect(notGivenBack()).toHaveLength(1);
    });
  });

  it('that is of another version, down to its policy, has its incident handed off, told, and its claims given back', async () => {
    const next = { do: 'consult', oracle: 'Delphi' };
    record.broken.push({ ...broken, how: 'failed' });
    const policy = { name: incident.policy, group: { kind: 'galaxy' }, ladder: [{ remedy: 'pray' }] };
    record.lastWords.set(incident.id, { state: { incident: { ...incident, mood: 'bad' }, policy, next }, why: '' });

    expect(await swept()).toMatchObject({ repaired: [incident.id] });

    expect(world.items.endings.get(incident.id)).toMatchObject({ end: { outcome: 'handed-off', reason: 'unexpected-error' }, told: true });
    expect(world.notices[0]?.why[1]).toContain('cannot read what another version wrote');
    expect(world.claims.leases.size).toBe(0);
  });

  it('whose target this version does not know is told once, with what can be read', async () => {
    record.broken.push(broken);
    const target = { kind: 'galaxy', id: 'andromeda' };
    record.lastWords.set(incident.id, { state: { incident: { ...incident, target } }, why: '' });
    for (const later of [0, 5, 10]) await swept(NOW + later * MINUTE);
    expect(world.messages.map(({ subject }) => subject)).toEqual([
      'NEEDS YOU: an incident of policy Web-memory could not be ended, 123456789012 eu-central-1',
    ]);
    expect(world.messages[0]?.body).toContain('andromeda');
    expect(world.history.filter(({ kind }) => kind === 'outcome')).toHaveLength(1);
  });

  it.each([
    [400, 2],
    [1_000, 5],
  ])('is concluded with %i others within %i sweeps, oldest first, though all broke at once', async (count, sweeps) => {
    const ids = Array.from({ length: count }, (_, number) => number.toString(16).padStart(64, '0'));
    for (const [number, id] of ids.entries()) {
      const target = { kind: 'instance', id: `i-${number.toString(16).padStart(8, '0')}` } as const;
      record.broken.unshift({ ...broken, incidentId: id, brokenAt: NOW - HOUR + number });
      record.lastWords.set(id, { state: aState({ incident: anIncident({ id, target }) }), why: '' });
    }
    const reports = [];
    for (let number = 0; number < sweeps; number += 1) reports.push(await swept(NOW + number * 5 * MINUTE));
    expect(reports.flatMap(({ repaired }) => repaired)).toHaveLength(count);
    expect(reports[0]?.repaired.toSorted()).toEqual(ids.slice(0, reports[0]?.repaired.length));
    expect([world.items.endings.size, world.messages.length]).toEqual([count, count]);
  });

  it('that can never be concluded fails the sweep, is told by its name at the third try, and takes nobody’s place', async () => {
    for (let number = 0; number < 300; number += 1)
      record.broken.push({ ...broken, incidentId: `f${number.toString(16).padStart(63, '0')}`, brokenAt: NOW - HOUR });
    breaks(aState());
    const failed = [];
    for (let number = 0; number < 24; number += 1)
      failed.push(
        await swept(NOW + number * 5 * MINUTE).then(
          () => false,
          () => true,
        ),
      );
    expect(world.items.endings.has(incident.id)).toBe(true);
    expect(world.messages.filter(({ subject }) => subject.includes('could not be ended'))).toHaveLength(300);
    expect(failed.slice(0, 4)).toEqual([true, true, true, true]);
    expect(failed.at(-1)).toBe(false);
  });

  it('that cannot be read keeps none of the others from being concluded, and fails the sweep', async () => {
    record.broken.push({ ...broken, incidentId: 'f'.repeat(64) });
    breaks(aState());
    await expect(swept()).rejects.toThrow('the sweep was not complete: no execution ffff');
    expect(world.items.endings.has(incident.id)).toBe(true);
    expect(record.beats).toBe(0);
  });
});

it('without anything to find leaves no trace but its heartbeat', async () => {
  await swept();
  expect([world.history, world.messages, record.told, record.repairs, record.beats]).toEqual([[], [], [], [0], 1]);
});

it('that cannot list the rules still concludes what broke', async () => {
  record.broken.push({ incidentId: incident.id, brokenAt: NOW - HOUR, how: 'timed out' });
  record.lastWords.set(incident.id, { state: aState(), why: '' });
  Object.assign(ports.rules, { watchedAlarms: () => Promise.reject(new Error('throttled')) });
  await expect(swept()).rejects.toThrow('throttled');
  expect(world.items.endings.get(incident.id)?.end.why).toBe('its workflow timed out');
});
