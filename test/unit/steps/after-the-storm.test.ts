import { anInstance } from '@self-healing/simulation/accounts.ts';
import { ALARM_NAME, aPolicy, HOUR, MINUTE, NOW, SECOND } from '@self-healing/simulation/builders.ts';
import { fakePorts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { driven } from '@self-healing/simulation/driven-incident.ts';
import { beforeEach, expect, it } from 'vitest';
import type { Instant } from '../../../lambdas/core/duration.ts';
import type { WorkflowState } from '../../../lambdas/core/workflow-state.ts';
import { intake } from '../../../lambdas/steps/intake.ts';

const policy = aPolicy({ targets: { kind: 'contributor', attribute: 'InstanceId' } });
const members = Array.from({ length: 40 }, (_, number) => `i-${number.toString(16).padStart(8, '0')}`);
/** 20 % of forty are eight. */
const STORM = members.slice(0, 10);
const LATE = NOW + 12 * MINUTE;

let world: World;
let followed: Set<string>;
let ill: Map<string, Instant>;
beforeEach(() => {
  world = fakePorts();
  followed = new Set();
  ill = new Map();
  world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: '', since: NOW });
  for (const id of members) {
    world.account.instances.set(id, anInstance({ id }));
    world.account.agents.set(id, 'online');
  }
});

/** Delivers the events of these members and follows every incident that they open to its end. A member that is acted on is well. */
async function deliver(ids: readonly string[], now: Instant, source = 'aws.cloudwatch'): Promise<void> {
  const live = () => {
    for (const { request } of world.account.commands.values()) ill.delete(request.instanceId);
    const listed = [...ill].map(([id, since]) => ({ id: `series of ${id}`, attributes: { InstanceId: id }, since, reason: 'too much' }));
    world.account.contributors.set(ALARM_NAME, listed);
  };
  live();
  for (const id of ids) {
    const state = { value: 'ALARM', reason: 'too much', timestamp: new Date(ill.get(id) ?? now).toISOString() };
    const detail = { alarmName: ALARM_NAME, alarmContributor: { id: `series of ${id}`, attributes: { InstanceId: id } }, state };
    const event = { id: `${id} ${now}`, source, 'detail-type': 'CloudWatch Alarm Contributor State Change', detail };
    await intake({ policy, event }, world.ports, now);
  }
  const begun = [...world.started].filter(([id]) => !followed.has(id));
  for (const [id] of begun) followed.add(id);
  await Promise.all(begun.map(([, state]) => driven(state as WorkflowState, world, now, live)));
}

async function fallIll(ids: readonly string[], at: Instant): Promise<void> {
  for (const id of ids) ill.set(id, at);
  await deliver(ids, at + SECOND);
}

/** The sweep comes by every five minutes and tells again of whoever is ill. */
async function swept(from: Instant, until: Instant): Promise<void> {
  for (let now = from; now < until; now += 5 * MINUTE) await deliver([...ill.keys()], now, 'self-healing.healing');
}

const storms = () => world.notices.filter(({ stage }) => stage === 'storm');
const acted = () => [...world.account.commands.values()].map(({ request }) => request.instanceId);

it('a member that came after the message of the storm is healed when the storm is over', async () => {
  await fallIll(STORM, NOW);
  expect(storms()).toHaveLength(1);
  const [late = ''] = members.slice(30);
  await fallIll([late], LATE);
  expect(world.outcomes.at(-1)?.end.reason).toBe('part-of-storm');
  for (const id of STORM) ill.delete(id);
  await swept(LATE + 5 * MINUTE, LATE + HOUR);
  expect(acted()).toEqual([late]);
  expect(world.outcomes.at(-1)?.end.reason).toBe('healed');
});

it('several that came after the message, too few for another one then, are told of when the storm is over', async () => {
  await fallIll(STORM, NOW);
  const late = members.slice(20, 29);
  await fallIll(late, LATE);
  expect(storms()).toHaveLength(1);
  for (const id of STORM) ill.delete(id);
  await swept(LATE + 5 * MINUTE, LATE + 12 * HOUR);
  expect(storms()).toHaveLength(2);
  expect(storms().at(-1)?.target?.members).toEqual(expect.arrayContaining([...late]));
  expect(acted()).toEqual([]);
});

it('those of which the message told are left to people, however long they are ill', async () => {
  await fallIll(STORM, NOW);
  await swept(NOW + 5 * MINUTE, NOW + 12 * HOUR);
  expect(storms()).toHaveLength(1);
  expect(acted()).toEqual([]);
  expect(world.outcomes).toHaveLength(STORM.length);
});
