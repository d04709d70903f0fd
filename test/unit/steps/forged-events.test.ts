import { ALARM_NAME, aPolicy, HOUR, INSTANCE_ID, MINUTE, NOW, SECOND } from '@self-healing/simulation/builders.ts';
import { failing, fakePorts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Incident } from '../../../lambdas/core/incident.ts';
import type { Policy } from '../../../lambdas/core/policy.ts';
import { failedCheckEvent } from '../../../lambdas/core/signal.ts';
import { type StandingAlarm, sweptEvent } from '../../../lambdas/core/standing-alarm.ts';
import { intake } from '../../../lambdas/steps/intake.ts';

const OTHER = 'i-00000007';
const SINCE = NOW - 10 * MINUTE;
const own = { InstanceId: INSTANCE_ID };
const perInstance = aPolicy({ targets: { kind: 'contributor', attribute: 'InstanceId' } });
const checked = aPolicy({ targets: { kind: 'contributor', attribute: 'InstanceId' }, evidence: { kind: 'status-check', check: 'system' } });

let world: World;
beforeEach(() => {
  world = fakePorts();
  world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: 'as CloudWatch says', since: SINCE });
  world.account.contributors.set(ALARM_NAME, [{ id: 'c0', attributes: own, since: SINCE, reason: 'as CloudWatch says' }]);
});

const deliver = (policy: Policy, event: object, now = NOW) => intake({ policy, event: { id: 'e', ...event } }, world.ports, now);

function alarm(standing: Partial<StandingAlarm> = {}, source = 'self-healing.healing'): object {
  const { detailType, detail } = sweptEvent({ alarmName: ALARM_NAME, since: SINCE, reason: 'forged', ...standing });
  return { source, 'detail-type': detailType, detail };
}

const started = () => [...world.started.values()].map((input) => (input as { incident: Incident }).incident);
const reasons = () => world.history.map(({ reason }) => reason);

describe('an event of the sweep’s source', () => {
  it('opens an incident as CloudWatch has it, whatever else the event says', async () => {
    await deliver(perInstance, alarm({ since: SINCE + 30 * SECOND, contributor: { id: 'c0', attributes: own } }));
    expect(started()).toMatchObject([{ openedAt: SINCE, reason: 'as CloudWatch says', contributor: { id: 'c0', attributes: own } }]);
  });

  it.each<[string, Policy, object]>([
    ['of an alarm that is not in ALARM', aPolicy(), alarm({ alarmName: 'calm' })],
    ['of an alarm that is so since another time', aPolicy(), alarm({ since: SINCE - MINUTE - 1 })],
    ['of a contributor that is not in ALARM', perInstance, alarm({ contributor: { id: 'c7', attributes: { InstanceId: OTHER } } })],
    [
      'of one in ALARM with the attributes of another',
      perInstance,
      alarm({ contributor: { id: 'c0', attributes: { InstanceId: OTHER } } }),
    ],
    ['with one attribute more', perInstance, alarm({ contributor: { id: 'c0', attributes: { ...own, Zone: 'a' } } })],
    ['of one that is so since another time', perInstance, alarm({ since: NOW, contributor: { id: 'c0', attributes: own } })],
    ['of a status check that EC2 finds well', checked, checkEvent(OTHER)],
    ['of a status check that fails since another time', checked, checkEvent(INSTANCE_ID)],
  ])('%s opens nothing, and is recorded once', async (_, policy, event) => {
    world.account.statusChecks.set(INSTANCE_ID, 'impaired');
    for (const later of [0, 1, 2]) await deliver(policy, event, NOW + later * SECOND);
    expect([started(), reasons(), world.messages]).toEqual([[], ['unconfirmed'], []]);
  });

  it('of a failed status check opens one since the time that EC2 says', async () => {
    world.ports.instances.impaired = async () => [{ id: INSTANCE_ID, since: SINCE }];
    await deliver(checked, checkEvent(INSTANCE_ID));
    expect(started()).toMatchObject([{ openedAt: SINCE, target: { kind: 'instance', id: INSTANCE_ID } }]);
  });

  it('of a muted alarm is left alone', async () => {
    world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: '', since: SINCE, quieted: true });
    await deliver(aPolicy(), alarm());
    expect([started(), reasons(), world.messages]).toEqual([[], ['muted'], []]);
  });

  it('of a contributor of a muted alarm is left alone', async () => {
    world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: '', since: SINCE, quieted: true });
    for (const later of [0, 1]) await deliver(perInstance, alarm({ contributor: { id: 'c0', attributes: own } }), NOW + later * SECOND);
    expect([started(), reasons(), world.messages]).toEqual([[], ['muted'], []]);
  });

  it('is not believed while CloudWatch cannot be asked: it fails, to be delivered again', async () => {
    failing(world, 'alarms.contributorsInAlarm', new Error('throttled'));
    await expect(deliver(perInstance, alarm({ contributor: { id: 'c0', attributes: own } }))).rejects.toThrow('throttled');
    expect(started()).toEqual([]);
  });

  it('costs nothing at CloudWatch while the incident of its alarm is open', async () => {
    await deliver(aPolicy(), alarm());
    await world.ports.store.open(started()[0] as Incident);
    world.calls.length = 0;
    await deliver(aPolicy(), alarm(), NOW + 5 * MINUTE);
    expect(world.calls.filter((call) => call.startsWith('alarms.'))).toEqual([]);
  });
});

describe('an event from the future', () => {
  it.each(['self-healing.healing', 'aws.cloudwatch'])('of the source %s is refused, recorded and told', async (source) => {
    await deliver(aPolicy(), alarm({ since: NOW + MINUTE + 1 }, source));
    expect([started(), reasons(), world.messages.length]).toEqual([[], ['future-event'], 1]);
  });

  it('of a minute is a clock that differs', async () => {
    await deliver(aPolicy(), alarm({ since: NOW + MINUTE }, 'aws.cloudwatch'));
    expect(started()).toHaveLength(1);
  });

  it('keeps no true alarm from being healed, however many there were', async () => {
    for (let number = 0; number < 7; number += 1) await deliver(aPolicy(), alarm({ since: NOW + (2 + number) * MINUTE }));
    await deliver(aPolicy(), alarm({}, 'aws.cloudwatch'));
    expect(started()).toHaveLength(1);
  });
});

describe('events that are refused', () => {
  const unknown = { source: 'self-healing.healing', 'detail-type': 'CloudWatch Alarm State Change', detail: { alarmName: ALARM_NAME } };

  it.each<[string, (events: readonly (() => Promise<void>)[]) => Promise<unknown>]>([
    [
      'one after another',
      async (events) => {
        for (const event of events) await event();
      },
    ],
    ['at once', (events) => Promise.all(events.map((event) => event()))],
  ])('a hundred of them, %s, are one message and a hundred lines of the history', async (_, all) => {
    await all(Array.from({ length: 100 }, () => () => deliver(aPolicy(), unknown)));
    expect([world.messages.length, world.history.length]).toEqual([1, 100]);
    expect(world.notices[0]?.seen[0]).toContain('more of this kind within the hour');
  });

  it('are told for each policy, kind and hour', async () => {
    const late = alarm({ since: NOW - 5 * HOUR }, 'aws.cloudwatch');
    for (const event of [unknown, late, unknown, late]) await deliver(aPolicy(), event);
    await deliver(aPolicy({ name: 'Web-cpu' }), unknown);
    await deliver(aPolicy(), unknown, NOW + HOUR);
    expect(world.messages.map(({ attributes }) => `${attributes.policy} ${attributes.reason}`)).toEqual([
      'Web-memory unknown-event',
      'Web-memory late-event',
      'Web-cpu unknown-event',
      'Web-memory unknown-event',
    ]);
  });

  it('are told by the next when nobody could be reached', async () => {
    failing(world, 'notifier.publish', new Error('unavailable'));
    await expect(deliver(aPolicy(), unknown)).rejects.toThrow('unavailable');
    world.disturb.before = () => {};
    await deliver(aPolicy(), unknown, NOW + MINUTE);
    expect(world.messages).toHaveLength(1);
  });
});

function checkEvent(id: string): object {
  const { detailType, detail } = failedCheckEvent({ policy: 'Web-memory', check: 'system', id, since: SINCE });
  return { source: 'self-healing.healing', 'detail-type': detailType, detail };
}
