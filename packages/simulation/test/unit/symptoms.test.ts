import { expect, it } from 'vitest';
import { aPolicy, NOW } from '../../builders.ts';
import { emptyAccount } from '../../doubles/fake-aws.ts';
import { LivingAccount } from '../../living-account.ts';
import { aStory } from '../../stories.ts';
import { alarmNameOf, Symptoms } from '../../symptoms.ts';
import { VirtualClock } from '../../virtual-clock.ts';

const idOf = (number: number) => `i-${number.toString(16).padStart(17, '0')}`;

it.each([
  { members: 400, shards: undefined, inAlarm: 100, listed: 100, complete: true },
  { members: 400, shards: undefined, inAlarm: 150, listed: 150, complete: true },
  { members: 900, shards: undefined, inAlarm: 150, listed: 100, complete: false },
  { members: 900, shards: 3, inAlarm: 150, listed: 150, complete: true },
])('the alarm of a fleet of $members in $shards shards, $inAlarm of them in ALARM, names $listed', async (given) => {
  const { members, shards, inAlarm, listed, complete } = given;
  const policy = aPolicy({ targets: { kind: 'contributor', attribute: 'InstanceId', ...(shards && { shards }) } });
  const instances = Array.from({ length: members }, (_, number) => ({
    ...{ id: idOf(number), state: 'running' as const, zone: 'eu-west-1a' },
    tags: { SelfHeal: 'enabled' },
  }));
  const clock = new VirtualClock(NOW);
  const living = new LivingAccount(emptyAccount(), aStory({ policies: [policy], faults: [], instances }), clock);
  const symptoms = new Symptoms([policy], living, () => clock.now);
  for (const { id } of instances.slice(0, inAlarm)) symptoms.begin(policy.name, { kind: 'instance', id });
  const { contributors, complete: isComplete } = await symptoms.alarms().contributorsInAlarm(alarmNameOf(policy.name));
  expect([contributors.length, isComplete]).toEqual([listed, complete]);
});
