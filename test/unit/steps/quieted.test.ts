import { anInstance } from '@self-healing/simulation/accounts.ts';
import {
  ALARM_NAME,
  anIncident,
  aPolicy,
  aRung,
  aSlot,
  aState,
  HOUR,
  INSTANCE_ID,
  MINUTE,
  NOW,
  SECOND,
} from '@self-healing/simulation/builders.ts';
import { fakePorts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { driven, endOf } from '@self-healing/simulation/driven-incident.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Incident } from '../../../lambdas/core/incident.ts';
import { triageAt } from '../../../lambdas/core/next.ts';
import type { Policy } from '../../../lambdas/core/policy.ts';
import type { WorkflowState } from '../../../lambdas/core/workflow-state.ts';
import { triage } from '../../../lambdas/steps/triage.ts';

const contributor = { id: 'c1', attributes: { InstanceId: INSTANCE_ID } };
const ofMachine = aPolicy({ ladder: [aRung(), aRung({ remedy: 'restart-instance', params: {} })] });
const ofFleet: Policy = { ...ofMachine, targets: { kind: 'contributor', attribute: 'InstanceId' } };

let world: World;
beforeEach(() => {
  world = fakePorts();
  for (const id of [INSTANCE_ID, ...Array.from({ length: 9 }, (_, number) => `i-0000000${number}`)]) {
    world.account.instances.set(id, anInstance({ id }));
    world.account.agents.set(id, 'online');
  }
  world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: '', since: NOW });
  world.account.contributors.set(ALARM_NAME, [contributor]);
});

const acts = () => world.history.filter(({ kind }) => kind === 'acted').length;
const rulesAsked = () => world.calls.filter((call) => call === 'alarms.isMuted').length;
const stateOf = (policy: Policy, incident: Partial<Incident> = {}, given: Partial<WorkflowState> = {}) =>
  aState({ ...given, policy, incident: anIncident({ openedAt: NOW, receivedAt: NOW, ...incident }) });

describe('an alarm that is quieted while its incident is open', () => {
  it.each<[string, Policy, Partial<Incident>, object, RegExp]>([
    ['by a mute rule', ofMachine, {}, { quieted: true }, /^a mute rule of alarm .* is active$/],
    ['by a mute rule of its fleet', ofFleet, { contributor }, { quieted: true }, /^a mute rule of alarm .* is active$/],
    ['by its suppressor', ofMachine, {}, { suppressed: true }, /^the actions of alarm .* are suppressed$/],
    ['by its suppressor, of a fleet', ofFleet, { contributor }, { suppressed: true }, /^the actions of alarm .* are suppressed$/],
    ['by whoever disables it', ofMachine, {}, { disabled: true }, /^the actions of alarm .* are disabled$/],
  ])('%s has no further rung climbed, and people are told', async (_, policy, incident, quiet, why) => {
    const steps = await driven(stateOf(policy, incident), world, NOW, (now) => {
      world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: '', since: NOW, ...(now > NOW && quiet) });
    });
    expect(endOf(steps)).toMatchObject({ outcome: 'handed-off', reason: 'muted', why: expect.stringMatching(why) });
    expect([acts(), world.messages.length]).toEqual([1, 1]);
  });

  it('waits, without an act, while CloudWatch itself waits for what may suppress it, and acts where nothing does', async () => {
    const steps = await driven(stateOf(ofMachine, {}, { next: triageAt(NOW) }), world, NOW, (now) => {
      const isWaiting = now < NOW + 2 * MINUTE;
      expect(isWaiting ? acts() : 0).toBe(0);
      world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: '', since: NOW, ...(isWaiting && { suppressed: 'perhaps' }) });
    });
    expect(acts()).toBeGreaterThan(0);
    expect(endOf(steps)?.reason).not.toBe('muted');
  });

  it('ends without a word, for whoever muted it, while nothing was done', async () => {
    world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: '', since: NOW, quieted: true });
    const next = await triage(stateOf(ofMachine, {}, { next: triageAt(NOW) }), world.ports, NOW + MINUTE);
    expect(next).toMatchObject({ end: { outcome: 'skipped', reason: 'muted', witness: { kind: 'person' } } });
  });
});

describe('mute rules are asked for', () => {
  it('not at the first look, since the event said whether there is one', async () => {
    expect(await triage(stateOf(ofMachine), world.ports, NOW + 10 * SECOND)).toMatchObject({ do: 'remediate' });
    expect(rulesAsked()).toBe(0);
  });

  it('at the first look of an event that comes late', async () => {
    await triage(stateOf(ofMachine), world.ports, NOW + 2 * MINUTE);
    expect(rulesAsked()).toBe(1);
  });

  it('at the first look of an event that is not of the alarm', async () => {
    await triage(stateOf({ ...ofMachine, evidence: { kind: 'alarm', name: ALARM_NAME } }), world.ports, NOW + SECOND);
    expect(rulesAsked()).toBe(1);
  });

  it.each<[string, Policy, 'ALARM' | 'OK', number]>([
    ['once before a rung after a wait', ofMachine, 'ALARM', 1],
    ['once before a question after a wait', { ...ofMachine, mode: 'approval' }, 'ALARM', 1],
    ['not where nothing would be done', { ...ofMachine, mode: 'shadow' }, 'ALARM', 0],
    ['not while the symptom is gone', ofMachine, 'OK', 0],
    [
      'not before a rung that changes nothing',
      aPolicy({ ladder: [aRung({ remedy: 'wait-and-see', params: {}, acts: false })] }),
      'ALARM',
      0,
    ],
    ['not of a policy without an alarm', { ...ofMachine, evidence: { kind: 'status-check', check: 'system' } }, 'ALARM', 0],
  ])('%s', async (_, policy, state, times) => {
    world.account.statusChecks.set(INSTANCE_ID, 'impaired');
    world.account.alarms.set(ALARM_NAME, { state, reason: '', since: NOW });
    await triage(stateOf(policy, {}, { next: triageAt(NOW) }), world.ports, NOW + MINUTE);
    expect(rulesAsked()).toBe(times);
  });

  it('not while something else keeps the rung from being climbed', async () => {
    world.claims.slots.set('tagged#Web', { one: aSlot(NOW + HOUR), two: aSlot(NOW + HOUR) });
    await triage(stateOf(ofMachine, {}, { next: triageAt(NOW) }), world.ports, NOW + MINUTE);
    expect(rulesAsked()).toBe(0);
  });

  it('in vain, the step fails and nothing is done', async () => {
    world.disturb.before = (call) => {
      if (call === 'alarms.isMuted') throw new Error('throttled');
    };
    await expect(triage(stateOf(ofMachine, {}, { next: triageAt(NOW) }), world.ports, NOW + MINUTE)).rejects.toThrow('throttled');
    expect([acts(), world.claims.leases.size]).toEqual([0, 0]);
  });
});
