import { anInstance } from '@self-healing/simulation/accounts.ts';
import { ALARM_NAME, aPolicy, aRung, aSlot, HOUR, INSTANCE_ID, MINUTE, NOW, waitRung } from '@self-healing/simulation/builders.ts';
import { fakePorts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Policy } from '../../../lambdas/core/policy.ts';
import { conclude } from '../../../lambdas/steps/conclude.ts';
import { triage } from '../../../lambdas/steps/triage.ts';
import { aDrill, DRILL_ID, delivered, startedState, walked } from '../../support/walked-drill.ts';

const fleet = { kind: 'contributor', attribute: 'InstanceId' } as const;

let world: World;
beforeEach(() => {
  world = fakePorts();
  world.account.instances.set(INSTANCE_ID, anInstance());
  for (const number of Array.from({ length: 19 }, (_, index) => index)) {
    const id = `i-000000${String(number).padStart(2, '0')}`;
    world.account.instances.set(id, anInstance({ id }));
  }
  world.account.agents.set(INSTANCE_ID, 'online');
  world.account.alarms.set(ALARM_NAME, { state: 'OK', reason: '' });
});

const walk = (policy: Policy = aPolicy(), event?: object) => walked(world, policy, event);
const deliver = (policy: Policy, event?: object) => delivered(world, policy, event);

const startedAs = async (policy: Policy) => {
  await deliver(policy);
  return startedState(world);
};
const said = () => world.history.map(({ kind, text }) => `${kind}: ${text}`);
const changes = () => ({
  sent: world.calls.filter((call) => call === 'commands.send').length,
  attempts: world.items.attempts.size,
  leases: world.claims.leases.size,
  slots: world.claims.slots.size,
  openings: world.items.openings.size,
  arrivals: world.calls.filter((call) => call.startsWith('storms.')).length,
  budget: Object.keys(world.claims.spending ?? {}).length,
});
const NOTHING = { sent: 0, attempts: 0, leases: 0, slots: 0, openings: 0, arrivals: 0, budget: 0 };

describe('a drill', () => {
  it.each(['automatic', 'approval', 'shadow'] as const)('walks the whole way of a policy in %s, and does nothing', async (mode) => {
    await walk(aPolicy({ mode, ladder: [waitRung, aRung(), aRung({ remedy: 'clear-caches', params: {} })] }));

    expect(said()).toEqual([
      `signal: drill: memory used above 90 % on instance ${INSTANCE_ID} is played; nothing will be done`,
      'decision: drill: would climb rung 1, wait-and-see; no guardrail objects',
      expect.stringMatching(/^decision: drill: would .*; does nothing$/),
      expect.stringMatching(/^verification: drill: would look whether the symptom goes; it is gone/),
      'decision: drill: would climb rung 2, restart-service; no guardrail objects',
      'decision: drill: would restart service nginx; does nothing',
      expect.stringMatching(/^verification: drill/),
      'decision: drill: would climb rung 3, clear-caches; no guardrail objects',
      expect.stringMatching(/^decision: drill: would .*; does nothing$/),
      expect.stringMatching(/^verification: drill/),
      'decision: skipped (drill): every rung was looked at: wait-and-see, restart-service, clear-caches',
      'outcome: every rung was looked at: wait-and-see, restart-service, clear-caches',
    ]);
    expect(changes()).toEqual(NOTHING);
  });

  it('is marked in every line of the history, in its own metric and in its notice', async () => {
    await walk();

    expect(world.history.map(({ drill }) => drill)).toEqual(world.history.map(() => DRILL_ID));
    expect(world.drills).toMatchObject([{ policy: 'Web-memory', end: { outcome: 'skipped', reason: 'drill' } }]);
    expect([world.outcomes, world.wouldAct, world.times]).toEqual([[], [], []]);
    expect(world.notices).toMatchObject([{ drill: true, severity: 'info', stage: 'not-healed', reason: 'drill' }]);
    expect(world.messages[0]?.subject).toMatch(/^DRILL: THE WAY IS WHOLE: memory on instance/);
  });

  it('is held on the instance that is named, of a fleet', async () => {
    const { target, contributor } = await walk(aPolicy({ targets: fleet }), aDrill({ target: INSTANCE_ID }));
    expect(target).toEqual({ kind: 'instance', id: INSTANCE_ID });
    expect(contributor?.attributes).toEqual({ InstanceId: INSTANCE_ID });
    expect(world.drills).toMatchObject([{ end: { reason: 'drill' } }]);
  });

  it.each([
    ['no target of a fleet', fleet, undefined, 'no-target'],
    ['a target that is no instance', fleet, '$(reboot)', 'invalid-target'],
    [
      'another target than that of the policy',
      { kind: 'fixed', target: { kind: 'instance', id: INSTANCE_ID } } as const,
      'i-00000001',
      'invalid-target',
    ],
  ])('of %s begins none, and only its own line says why', async (_, targets, target, reason) => {
    await deliver(aPolicy({ targets }), aDrill({ ...(target !== undefined && { target }) }));
    expect(world.started.size).toBe(0);
    expect(world.history).toMatchObject([{ kind: 'rejected', reason, drill: DRILL_ID }]);
    expect([world.outcomes, world.messages]).toEqual([[], []]);
  });

  it('that is delivered twice is one', async () => {
    await walk();
    await deliver(aPolicy());
    expect(world.started.size).toBe(1);
    expect([world.outcomes, world.messages.length]).toEqual([[], 1]);
  });

  it('ends where a guardrail objects, and says which, without a wait', async () => {
    world.pause.text = 'noon, Anna';
    await walk();
    expect(world.drills).toMatchObject([{ end: { reason: 'paused' } }]);
    expect(world.messages[0]?.subject).toMatch(/^DRILL: STOPPED ON THE WAY: memory on instance/);
    expect(world.notices).toMatchObject([{ severity: 'info', stage: 'not-healed' }]);
  });

  it.each([
    [
      'works on the target',
      () => world.claims.leases.set(`instance#${INSTANCE_ID}`, { incident: 'real', policy: 'Web-memory', expiresAt: NOW + HOUR }),
    ],
    [
      'of another policy does',
      () => world.claims.leases.set(`instance#${INSTANCE_ID}`, { incident: 'real', policy: 'Web-disk', expiresAt: NOW + HOUR }),
    ],
    ['has the last slot', () => world.claims.slots.set('tagged#Web', { one: aSlot(NOW + HOUR), two: aSlot(NOW + HOUR) })],
  ])('makes way at once where a real incident %s', async (_, arrange) => {
    arrange();
    const before = structuredClone([...world.claims.leases, ...world.claims.slots]);
    await walk();
    expect(world.drills).toHaveLength(1);
    expect(world.drills[0]?.end.reason).not.toBe('drill');
    expect([...world.claims.leases, ...world.claims.slots]).toEqual(before);
  });

  it('says that the alarm cannot be read, which would keep a real incident from its way', async () => {
    world.account.alarms.clear();
    await walk();
    expect(world.drills).toMatchObject([{ end: { reason: 'symptom-unknown' } }]);
  });

  it('that breaks on the way is told as one, and calls nobody', async () => {
    const { incident, policy } = await startedAs(aPolicy());
    await conclude({ incident, policy, error: { Error: 'AccessDenied', Cause: 'restart-service' } }, world.ports, NOW);
    expect(world.drills).toMatchObject([{ end: { outcome: 'handed-off', reason: 'unexpected-error' } }]);
    expect(world.notices).toMatchObject([{ drill: true, stage: 'not-healed', severity: 'info' }]);
    expect(world.notices[0]?.doNow[0]?.text).toContain('this was a drill');
    expect([world.outcomes, [...world.claims.breakers]]).toEqual([[], []]);
  });

  it('names what a remedy would refuse, and goes on to the next rung', async () => {
    world.account.agents.set(INSTANCE_ID, 'silent');
    await walk(aPolicy({ ladder: [aRung(), waitRung] }));
    expect(said()).toContainEqual(expect.stringMatching(/^decision: drill: restart-service would refuse/));
    expect(world.drills).toMatchObject([{ end: { reason: 'drill' } }]);
  });

  it('on the way holds up no real incident of the same target, nor the sweep', async () => {
    await deliver(aPolicy());
    const drill = startedState(world);
    await triage(drill, world.ports, NOW);
    const real = { incident: { ...drill.incident, id: 'b'.repeat(64), alarmName: ALARM_NAME }, policy: aPolicy() };
    const { drill: _, ...incident } = real.incident;
    world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: '' });
    expect(await triage({ ...real, incident }, world.ports, NOW)).toMatchObject({ do: 'remediate', remedy: 'restart-service' });
    expect(await world.ports.store.past('Web-memory', drill.incident.target, NOW - HOUR)).toMatchObject([{ id: incident.id }]);
  });
});

describe('the mark of a drill', () => {
  it('comes from the source of drills alone', async () => {
    for (const source of ['self-healing.healing', 'aws.cloudwatch', 'com.example']) await deliver(aPolicy(), aDrill({ source }));
    expect(world.started.size).toBe(0);
    expect(new Set(world.history.map(({ reason }) => reason))).toEqual(new Set(['unknown-event']));
  });

  it('cannot be left out: an alarm under the source of drills opens nothing', async () => {
    const state = { value: 'ALARM', reason: 'forged', timestamp: new Date(NOW - MINUTE).toISOString() };
    const alarm = {
      ...aDrill(),
      'detail-type': 'CloudWatch Alarm State Change',
      detail: { alarmName: ALARM_NAME, state, policy: 'Web-memory', drill: DRILL_ID },
    };
    await deliver(aPolicy(), alarm);
    expect(world.started.size).toBe(0);
    expect(world.history).toMatchObject([{ kind: 'rejected', reason: 'unknown-event' }]);
  });

  it('of another form begins nothing', async () => {
    for (const drill of ['', 'x', `${DRILL_ID}0`, '../../x']) await deliver(aPolicy(), aDrill({ drill }));
    expect(world.started.size).toBe(0);
  });
});
