import { aDatabase, anInstance } from '@self-healing/simulation/accounts.ts';
import { ALARM_NAME, anIncident, aPolicy, aRung, aState, HOUR, INSTANCE_ID, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { fakePorts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Policy } from '../../../lambdas/core/policy.ts';
import { endFor } from '../../../lambdas/core/reasons.ts';
import type { WorkflowState } from '../../../lambdas/core/workflow-state.ts';
import { remediatorNamed } from '../../../lambdas/remediators/registry.ts';
import { conclude } from '../../../lambdas/steps/conclude.ts';
import { remediate } from '../../../lambdas/steps/remediate.ts';
import { triage } from '../../../lambdas/steps/triage.ts';
import { aFault, reasonsOf, simulated } from '../../support/outage-stage.ts';

// AWS DynamoDB, 19 and 20 October 2025: an enactor that had been delayed applied a plan that was long out of date, over a newer
// one, and the clean-up then deleted what it had applied: the service's name had no address left.

let world: World;
beforeEach(() => {
  world = fakePorts();
  world.account.instances.set(INSTANCE_ID, anInstance());
  world.account.agents.set(INSTANCE_ID, 'online');
  world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: 'too much' });
});

/** Triage's answer to remediate, which then lies somewhere for a long time. */
async function decided(policy: Policy = aPolicy(), state: Partial<WorkflowState> = {}): Promise<WorkflowState> {
  const next = await triage(aState({ policy, ...state }), world.ports, NOW);
  expect(next).toMatchObject({ do: 'remediate' });
  return aState({ policy, ...state, next });
}

function late(state: WorkflowState, now: number) {
  const remedy = state.next?.do === 'remediate' ? state.next.remedy : '';
  const remediator = remediatorNamed(remedy);
  if (!remediator) throw new Error(`${remedy} is not registered`);
  return remediate(state, remediator, 'doc', world.ports, now);
}

function expectUntouched(): void {
  expect(world.account.commands.size + world.items.attempts.size).toBe(0);
}

describe('DynamoDB, 2025: a delayed worker applied a plan that was out of date', () => {
  it('a step that comes when its claim has lapsed does nothing but have triage look again', async () => {
    const state = await decided();
    expect(await late(state, NOW + HOUR)).toMatchObject({ do: 'triage' });
    expectUntouched();
  });

  it('a step that comes when another incident works on the target does nothing, and then waits for it', async () => {
    const state = await decided();
    const later = NOW + HOUR;
    const other = anIncident({ id: 'b'.repeat(64), policy: 'Web-cpu' });
    await world.ports.claims.claim({ incident: other, until: later + HOUR }, later);

    expect(await late(state, later)).toMatchObject({ do: 'triage' });
    expectUntouched();
    await triage({ ...state, incident: { ...state.incident, receivedAt: later } }, world.ports, later);
    expect(world.history.at(-1)).toMatchObject({ kind: 'decision', text: expect.stringContaining('target-busy') });
  });

  it('a step of an incident that was concluded meanwhile does nothing, although it still holds a claim', async () => {
    const state = await decided();
    const end = endFor('unexpected-error', 'the workflow was aborted', 0);
    await conclude({ ...state, next: { do: 'conclude', end } }, world.ports, NOW);
    await world.ports.claims.claim({ incident: state.incident, until: NOW + HOUR }, NOW);

    const next = await late(state, NOW + MINUTE);
    expect(next).toMatchObject({ do: 'triage' });
    expectUntouched();
    expect(await triage({ ...state, next }, world.ports, NOW + MINUTE)).toEqual({ do: 'conclude', end });
  });

  it('the plan is made of what is seen just before the act, not of what was seen when it was decided', async () => {
    const target = { kind: 'database', id: 'orders' } as const;
    world.account.databases.set('orders', aDatabase());
    const ladder = [aRung({ remedy: 'fail-over-database', params: {} })];
    const policy = aPolicy({ group: { kind: 'single', target }, targets: { kind: 'fixed', target }, ladder });
    const state = await decided(policy, { incident: anIncident({ target }) });
    world.account.databases.set('orders', aDatabase({ status: 'failing-over' }));

    expect(await late(state, NOW + MINUTE)).toMatchObject({ do: 'conclude', end: { outcome: 'handed-off', reason: 'unsafe-to-act' } });
    expect(world.calls).not.toContain('databases.reboot');
  });

  it('news that arrives late opens nothing', async () => {
    const history = await simulated({ faults: [aFault({ deliveries: [20 * MINUTE] })] });
    expect(history.acts).toEqual([]);
    expect(reasonsOf(history)).toEqual(['late-event']);
    expect(history.notices).toHaveLength(1);
  });

  it('the same news that arrives again later is known, and nothing is done twice', async () => {
    const fault = aFault({ curedBy: ['restart-service'], deliveries: [0, 2 * MINUTE, 10 * MINUTE] });
    const history = await simulated({ faults: [fault] });
    expect(history.acts).toHaveLength(1);
    expect(reasonsOf(history).sort()).toEqual(['duplicate-delivery', 'duplicate-delivery', 'healed']);
  });
});
