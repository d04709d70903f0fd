import { ALARM_NAME, anAttempt, aPolicy, HOUR, INSTANCE_ID, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { failing, fakePorts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { iso } from '../../../lambdas/core/duration.ts';
import type { Incident } from '../../../lambdas/core/incident.ts';
import { conclude as concludeWith } from '../../../lambdas/core/next.ts';
import type { Policy } from '../../../lambdas/core/policy.ts';
import { endFor, type Reason } from '../../../lambdas/core/reasons.ts';
import { type StandingAlarm, sweptEvent } from '../../../lambdas/core/standing-alarm.ts';
import { conclude } from '../../../lambdas/steps/conclude.ts';
import { intake } from '../../../lambdas/steps/intake.ts';

const SINCE = NOW - 10 * HOUR;

let world: World;
beforeEach(() => {
  world = fakePorts();
});

async function deliver(source: string, now: number, policy: Policy, standing: Partial<StandingAlarm> = {}): Promise<void> {
  const { since = SINCE } = standing;
  world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: 'too much', since });
  const { detailType, detail } = sweptEvent({ alarmName: ALARM_NAME, reason: 'too much', ...standing, since });
  await intake({ policy, event: { id: `at ${now}`, source, 'detail-type': detailType, detail } }, world.ports, now);
}

const sweep = (now = NOW, policy = aPolicy(), standing: Partial<StandingAlarm> = {}) =>
  deliver('self-healing.healing', now, policy, standing);
const started = () => [...world.started.values()].map((input) => (input as { incident: Incident }).incident);
const last = () => started().at(-1) as Incident;

/** The workflow of the newest incident, from its opening to this end. */
async function ends(reason: Reason, now: number, changed = false): Promise<void> {
  const incident = last();
  await world.ports.store.open(incident);
  if (changed)
    world.items.attempts.set(`${incident.id}-0`, anAttempt({ incident: incident.id, token: `${incident.id}-0`, result: 'not-recovered' }));
  await conclude({ incident, policy: aPolicy(), next: concludeWith(endFor(reason, '', changed ? 1 : 0)) }, world.ports, now);
}

describe('an alarm that the sweep tells of', () => {
  it('is taken up when its event was lost, however old it is, and the history says how', async () => {
    await sweep();
    expect(last()).toMatchObject({ openedAt: SINCE, receivedAt: NOW });
    expect(world.history).toMatchObject([{ kind: 'signal', text: expect.stringContaining('found by the sweep') }]);
  });

  it('has the same incident as its event had, so that whoever is second starts nothing', async () => {
    const since = NOW - MINUTE;
    await deliver('aws.cloudwatch', NOW, aPolicy(), { since });
    await sweep(NOW, aPolicy(), { since });
    await sweep(NOW + MINUTE, aPolicy(), { since });
    expect(started()).toHaveLength(1);
    expect(world.history.map(({ kind }) => kind)).toEqual(['signal']);
  });

  it('opens nothing while an incident is open that began a little before, by another clock', async () => {
    await sweep(NOW);
    await world.ports.store.open(last());
    await sweep(NOW + 5 * MINUTE, aPolicy(), { since: SINCE + 30_000 });
    expect(started()).toHaveLength(1);
  });

  it('opens nothing after an act, whatever the reason of the end, and though the times differ a little', async () => {
    await sweep(NOW);
    await ends('cooldown', NOW + MINUTE, true);
    for (let hours = 1; hours < 48; hours += 1) await sweep(NOW + hours * HOUR, aPolicy(), { since: SINCE + 30_000 });
    expect(started()).toHaveLength(1);
  });

  it('gets one follow-up when the time has come, however often the sweep comes by', async () => {
    await sweep(NOW);
    const first = last();
    await ends('paused', NOW + MINUTE);
    await sweep(NOW + 30 * MINUTE);
    expect(started()).toHaveLength(1);
    for (const later of [31, 31, 36]) await sweep(NOW + later * MINUTE);
    expect(started()).toHaveLength(2);
    expect(last()).toMatchObject({ follows: { id: first.id, reason: 'paused' }, openedAt: SINCE });
    expect(last().id).not.toBe(first.id);
  });

  it('tells people once of a pause that lasts, writes each end down, and tells of another end', async () => {
    await sweep(NOW);
    await ends('paused', NOW);
    for (const hours of [1, 2, 3]) {
      await sweep(NOW + hours * HOUR);
      await ends('paused', NOW + hours * HOUR);
    }
    expect(world.messages.map(({ attributes }) => attributes.reason)).toEqual(['paused']);
    expect(world.history.filter(({ kind }) => kind === 'outcome')).toHaveLength(4);

    await sweep(NOW + 4 * HOUR);
    await ends('blast-radius', NOW + 4 * HOUR);
    expect(world.messages.map(({ attributes }) => attributes.reason)).toEqual(['paused', 'blast-radius']);
  });

  it('tells people of a follow-up that ends for the same reason after an act', async () => {
    await sweep(NOW);
    await ends('paused', NOW);
    await sweep(NOW + HOUR);
    await ends('paused', NOW + HOUR, true);
    expect(world.messages.map(({ attributes }) => attributes.outcome)).toEqual(['skipped', 'handed-off']);
  });

  it('is new when the alarm has been OK in between', async () => {
    await sweep(NOW);
    await ends('ladder-exhausted', NOW + MINUTE, true);
    await sweep(NOW + 2 * HOUR, aPolicy(), { since: NOW + HOUR });
    expect(started()).toHaveLength(2);
    expect(last()).not.toHaveProperty('follows');
  });

  it('is recorded and told the first time when no target can be found, and not again', async () => {
    const balanced = aPolicy({ targets: { kind: 'unhealthy-targets', targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:1:t' } });
    for (const later of [0, 5, 10]) await sweep(NOW + later * MINUTE, balanced);
    expect(world.history.map(({ reason }) => reason)).toEqual(['no-target']);
    expect(world.messages).toHaveLength(1);
    await sweep(NOW + HOUR, balanced, { since: NOW });
    expect(world.history).toHaveLength(2);
  });

  it('is told once a day while it stands and cannot be taken in', async () => {
    const balanced = aPolicy({ targets: { kind: 'unhealthy-targets', targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:1:t' } });
    for (let minutes = 0; minutes < 3 * 24 * 60; minutes += 5) await sweep(NOW + minutes * MINUTE, balanced, { since: NOW });
    expect(world.notices.map(({ at, reason }) => `${at} ${reason}`)).toEqual(
      [0, 1, 2].map((days) => `${iso(NOW + days * 24 * HOUR)} no-target`),
    );
  });

  it('is not written down again where nobody is told of it', async () => {
    const muted = { muteDetail: { mutedByArn: 'arn:mute' } };
    for (const days of [0, 1, 2]) {
      const { detailType, detail } = sweptEvent({ alarmName: ALARM_NAME, reason: 'too much', since: SINCE });
      const event = { id: `${days}`, source: 'self-healing.healing', 'detail-type': detailType, detail: { ...detail, ...muted } };
      await intake({ policy: aPolicy(), event }, world.ports, NOW + days * 24 * HOUR);
    }
    expect(world.history.map(({ reason }) => reason)).toEqual(['muted']);
    expect(world.messages).toEqual([]);
  });
});

describe('a target behind the alarm of many that was handed off', () => {
  const GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/shop/1';
  const balanced = aPolicy({ targets: { kind: 'unhealthy-targets', targetGroupArn: GROUP } });
  const DAY = 24 * HOUR;

  beforeEach(async () => {
    world.account.unhealthy.set(GROUP, [INSTANCE_ID]);
    await sweep(NOW, balanced);
    await ends('ladder-exhausted', NOW + MINUTE, true);
  });
  const handedOff = () => world.notices.filter(({ stage }) => stage === 'handed-off');

  it('is said again once a day while it is unhealthy, and nothing is done', async () => {
    for (let minutes = 5; minutes < 3 * 24 * 60; minutes += 5) await sweep(NOW + minutes * MINUTE, balanced);
    expect(started()).toHaveLength(1);
    expect(handedOff().map(({ id, at }) => `${id} ${at}`)).toEqual([
      `${last().id}/handed-off/1 ${iso(NOW + MINUTE)}`,
      `${last().id}/handed-off/2 ${iso(NOW + DAY + 5 * MINUTE)}`,
      `${last().id}/handed-off/3 ${iso(NOW + 2 * DAY + 5 * MINUTE)}`,
    ]);
    const [first, second] = handedOff();
    expect(second?.title).toMatch(/^STILL NEEDS YOU: /);
    expect(second?.alert).toMatchObject({ key: first?.alert?.key, state: 'open' });
    expect(world.history.filter(({ kind }) => kind === 'sweep')).toHaveLength(2);
  });

  it('is said again when a person repaired it and it is ill again, and not while it is well', async () => {
    for (let hours = 1; hours < 60; hours += 1) {
      world.account.unhealthy.set(GROUP, hours < 2 || hours >= 40 ? [INSTANCE_ID] : ['i-0bbbbbbbbbbbbbbbb']);
      await sweep(NOW + hours * HOUR, balanced);
    }
    expect(handedOff().map(({ at }) => at)).toEqual([NOW + MINUTE, NOW + 40 * HOUR, NOW + 49 * HOUR].map(iso));
  });

  it('is said again by the delivery that comes after one that died', async () => {
    failing(world, 'notifier.publish', new Error('SNS is out'));
    await expect(sweep(NOW + 25 * HOUR, balanced)).rejects.toThrow('SNS is out');
    world.disturb.before = () => {};
    await sweep(NOW + 25 * HOUR + MINUTE, balanced);
    expect(handedOff()).toHaveLength(2);
  });

  it('is not said again of an event that AWS does not confirm', async () => {
    const { detailType, detail } = sweptEvent({ alarmName: ALARM_NAME, reason: 'forged', since: SINCE - HOUR });
    const event = { id: 'forged', source: 'self-healing.healing', 'detail-type': detailType, detail };
    await intake({ policy: balanced, event }, world.ports, NOW + 25 * HOUR);
    expect(handedOff()).toHaveLength(1);
    expect(world.history.at(-1)?.reason).toBe('unconfirmed');
  });

  it('is not said again where the target has an alarm of its own', async () => {
    await sweep(NOW + 25 * HOUR);
    expect(handedOff()).toHaveLength(1);
  });
});
