import { aGroup, aMember, anInstance } from '@self-healing/simulation/accounts.ts';
import { ALARM_NAME, aPolicy, aRung, HOUR, INSTANCE_ID, MINUTE, NOW, SECOND, waitRung } from '@self-healing/simulation/builders.ts';
import { fakePorts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { driven } from '@self-healing/simulation/driven-incident.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Instant } from '../../../lambdas/core/duration.ts';
import { RUNNING } from '../../../lambdas/core/pause.ts';
import { isSymptomGone, isTold, type Reason } from '../../../lambdas/core/reasons.ts';
import type { WorkflowState } from '../../../lambdas/core/workflow-state.ts';
import { intake } from '../../../lambdas/steps/intake.ts';

const PAUSED = 'night work (by somebody)';
const TARGET_GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop/1';

let world: World;
let followed: Set<string>;
let policy = aPolicy();
beforeEach(() => {
  world = fakePorts();
  followed = new Set();
  policy = aPolicy();
  const ids = [INSTANCE_ID, ...Array.from({ length: 9 }, (_, number) => `i-0000000${number}`)];
  for (const id of ids) {
    world.account.instances.set(id, anInstance({ id }));
    world.account.agents.set(id, 'online');
  }
  world.account.groups.set('web', aGroup({ members: ids.map((id) => aMember(id)) }));
});

const alarm = (state: 'OK' | 'ALARM', since: Instant) => world.account.alarms.set(ALARM_NAME, { state, reason: '', since });

/** Delivers an event of the alarm and follows every incident that it opens to its end. */
async function deliver(at: Instant, now: Instant, source = 'aws.cloudwatch', live?: (now: Instant) => void): Promise<void> {
  const state = { value: 'ALARM', reason: 'x', timestamp: new Date(at).toISOString() };
  const event = { id: `${at}-${now}`, source, 'detail-type': 'CloudWatch Alarm State Change', detail: { alarmName: ALARM_NAME, state } };
  await intake({ policy, event }, world.ports, now);
  for (const [id, started] of world.started) {
    if (followed.has(id)) continue;
    followed.add(id);
    await driven(started as WorkflowState, world, now, live);
  }
}

/** The sweep comes by every five minutes; its clock tells the moment of the alarm a little differently. */
async function swept(since: Instant, from: Instant, until: Instant, live?: (now: Instant) => void): Promise<void> {
  for (let now = from; now < until; now += 5 * MINUTE) {
    live?.(now);
    await deliver(since + 3, now, 'self-healing.healing', live);
  }
}

const reasons = (): Reason[] => world.outcomes.map(({ end }) => end.reason);
const acts = () => world.calls.filter((call) => call === 'commands.send').length;

/** Every silent end of what may still be there says who speaks for it, and every incident that is named was there. */
function expectWitnesses(): void {
  for (const { end } of [...world.items.endings.values()]) {
    if (isTold(end) || isSymptomGone(end.reason)) continue;
    expect(end.witness, `${end.reason}: ${end.why}`).toBeDefined();
    if (end.witness?.kind === 'incident') expect(world.items.incidents.has(end.witness.id), end.witness.id).toBe(true);
  }
}

describe('an alarm that toggled, each time too short to be looked at, and then stays', () => {
  it.each([0, 1, 4, 5, 6, 7, 12, 20])('is told or healed within the hour, after %i turns that nobody was told of', async (turns) => {
    for (let turn = 1; turn <= turns; turn += 1) {
      alarm('OK', NOW);
      await deliver(NOW + turn * 2 * MINUTE, NOW + turn * 2 * MINUTE + 40 * SECOND);
    }
    const stays = NOW + (turns + 1) * 2 * MINUTE;
    alarm('ALARM', stays);
    const live = () => {
      if (acts() > 0) alarm('OK', stays);
    };
    await deliver(stays, stays + 5 * SECOND, 'aws.cloudwatch', live);
    expect(world.messages.length, 'somebody knows').toBe(1);
    for (let now = stays + 5 * MINUTE; now < stays + HOUR && acts() === 0; now += 5 * MINUTE)
      await deliver(stays + 3, now, 'self-healing.healing', live);
    expect(reasons().at(-1)).toBe('healed');
    expect(acts()).toBe(1);
    expectWitnesses();
  });

  it('is told once, and not for each further turn, when people were told that it flaps', async () => {
    alarm('ALARM', NOW);
    policy = aPolicy({
      guardrails: { flapping: { most: 2, per: { hours: 1 } }, attempts: { most: 1, per: { hours: 24 } }, cooldown: { seconds: 0 } },
    });
    for (let turn = 0; turn < 9; turn += 1) await deliver(NOW + turn * 5 * MINUTE, NOW + turn * 5 * MINUTE + SECOND);
    expect(reasons().filter((reason) => reason === 'flapping')).toHaveLength(1);
    expect(reasons().filter((reason) => reason === 'still-flapping').length).toBeGreaterThan(3);
    expectWitnesses();
  });

  it('is told again when the message about its flapping did not go out', async () => {
    policy = aPolicy({ guardrails: { flapping: { most: 1, per: { hours: 1 } } } });
    for (const turn of [0, 1]) {
      alarm(turn === 0 ? 'OK' : 'ALARM', NOW);
      if (turn === 1) {
        world.disturb.before = (call) => {
          if (call === 'notifier.publish') throw new Error('SNS is out');
        };
      }
      await deliver(NOW + turn * 5 * MINUTE, NOW + turn * 5 * MINUTE + SECOND).catch(() => undefined);
    }
    world.disturb.before = () => {};
    await deliver(NOW + 10 * MINUTE, NOW + 10 * MINUTE + SECOND);
    expect(reasons()).toEqual(['already-recovered', 'flapping', 'flapping']);
    expect(world.messages.map(({ attributes }) => attributes.reason)).toEqual(['flapping']);
  });
});

describe('a fault that lasts', () => {
  it('is not mailed every half hour, and said again once a day with since when', async () => {
    world.pause.text = PAUSED;
    alarm('ALARM', NOW);
    await deliver(NOW, NOW + SECOND);
    await swept(NOW, NOW + 5 * MINUTE, NOW + 50 * HOUR);
    expect(new Set(reasons())).toEqual(new Set(['paused']));
    expect(reasons().length).toBeGreaterThan(50);
    expect(world.messages).toHaveLength(3);
    expect(world.notices[1]?.why).toContainEqual(expect.stringMatching(/^It is still so as people were told at 2026-11-02/));
    expectWitnesses();
  });

  it('is not mailed every half hour either when two reasons take turns', async () => {
    alarm('ALARM', NOW);
    const live = (now: Instant) => {
      const isOdd = Math.floor((now - NOW) / (31 * MINUTE)) % 2 === 1;
      world.pause.text = PAUSED;
      world.account.instances.set(INSTANCE_ID, anInstance({ id: INSTANCE_ID, tags: { SelfHeal: 'enabled', SelfHealExclude: 'yes' } }));
      if (isOdd) world.pause.text = RUNNING;
    };
    live(NOW);
    await deliver(NOW, NOW + SECOND);
    await swept(NOW, NOW + 5 * MINUTE, NOW + 20 * HOUR, live);
    expect(new Set(reasons())).toEqual(new Set(['paused', 'excluded']));
    expect(world.messages).toHaveLength(2);
    expectWitnesses();
  });
});

describe('what a person interrupted', () => {
  it('goes on after the pause that came while the act settled', async () => {
    alarm('ALARM', NOW);
    policy = aPolicy({ ladder: [aRung({ verifyWithin: { minutes: 1 } }), aRung({ params: { service: 'php-fpm' } })] });
    await deliver(NOW, NOW + SECOND, 'aws.cloudwatch', () => {
      if (acts() > 0) world.pause.text = PAUSED;
    });
    expect(reasons()).toEqual(['paused']);
    expect(acts()).toBe(1);
    world.pause.text = RUNNING;
    await swept(NOW, NOW + 5 * MINUTE, NOW + 2 * HOUR, () => {
      if (acts() > 1) alarm('OK', NOW);
    });
    expect(reasons()).toContain('healed');
    expectWitnesses();
  });

  it('goes on when the tag of the fleet comes a minute later', async () => {
    alarm('ALARM', NOW);
    world.account.instances.set(INSTANCE_ID, anInstance({ id: INSTANCE_ID, tags: {} }));
    await deliver(NOW, NOW + SECOND);
    expect(reasons()).toEqual(['not-in-fleet']);
    expect(world.messages).toEqual([]);
    world.account.instances.set(INSTANCE_ID, anInstance({ id: INSTANCE_ID }));
    await swept(NOW, NOW + 5 * MINUTE, NOW + HOUR, () => {
      if (acts() > 0) alarm('OK', NOW);
    });
    expect(reasons()).toContain('healed');
    expectWitnesses();
  });
});

it('a target that recovered and is ill again, while a neighbour keeps the alarm in ALARM, is taken up again', async () => {
  policy = aPolicy({
    targets: { kind: 'unhealthy-targets', targetGroupArn: TARGET_GROUP },
    group: { kind: 'auto-scaling-group', name: 'web' },
    ladder: [waitRung, aRung()],
  });
  const neighbour = 'i-00000001';
  alarm('ALARM', NOW);
  world.account.unhealthy.set(TARGET_GROUP, [INSTANCE_ID]);
  await deliver(NOW, NOW + SECOND, 'aws.cloudwatch', (now) => {
    if (now > NOW + MINUTE) world.account.unhealthy.set(TARGET_GROUP, []);
  });
  expect(reasons()).toEqual(['recovered-by-itself']);
  world.account.unhealthy.set(TARGET_GROUP, [INSTANCE_ID]);
  await swept(NOW, NOW + 15 * MINUTE, NOW + 30 * MINUTE, () => {
    if (acts() > 0) world.account.unhealthy.set(TARGET_GROUP, [neighbour]);
  });
  expect(reasons()).toContain('healed');
  expectWitnesses();
});

it('an alarm over many series of which the sweep finds none in ALARM is told', async () => {
  policy = aPolicy({ targets: { kind: 'contributor', attribute: 'InstanceId' } });
  alarm('ALARM', NOW);
  await deliver(NOW, NOW + SECOND);
  expect(world.messages).toEqual([]);
  await swept(NOW, NOW + 5 * MINUTE, NOW + HOUR);
  expect(world.messages.map(({ attributes }) => attributes.reason)).toEqual(['contributors-decide']);
});
