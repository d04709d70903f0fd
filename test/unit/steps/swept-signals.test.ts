import { ALARM_NAME, anAttempt, aPolicy, HOUR, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { fakePorts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { beforeEach, describe, expect, it } from 'vitest';
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
});
