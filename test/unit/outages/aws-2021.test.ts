import { anInstance } from '@self-healing/simulation/accounts.ts';
import { ALARM_NAME, aState, INSTANCE_ID, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { failing, fakePorts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { TryAgain } from '../../../lambdas/core/failure.ts';
import type { Next } from '../../../lambdas/core/next.ts';
import { remediatorNamed } from '../../../lambdas/remediators/registry.ts';
import { remediate } from '../../../lambdas/steps/remediate.ts';
import { triage } from '../../../lambdas/steps/triage.ts';
import { aFault, healingStack, member, reasonsOf, simulated } from '../../support/outage-stage.ts';

// AWS, 7 December 2021: an automatic scaling let many clients connect at once; the network was overloaded, and their
// repetitions, which did not back off enough, kept it so for hours.

interface Retrier {
  readonly MaxAttempts: number;
  readonly MaxDelaySeconds?: number;
  readonly BackoffRate?: number;
  readonly JitterStrategy?: string;
}

const { States } = JSON.parse(healingStack.definition) as { States: Record<string, { readonly Retry?: readonly Retrier[] }> };

let world: World;
beforeEach(() => {
  world = fakePorts();
  world.account.instances.set(INSTANCE_ID, anInstance());
  world.account.agents.set(INSTANCE_ID, 'online');
  world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: 'too much' });
});

describe('AWS, 7 December 2021: repetitions kept an overloaded service overloaded', () => {
  it('every repetition of the workflow backs off, with jitter and a bound', () => {
    const repeating = Object.values(States).flatMap(({ Retry = [] }) => Retry.filter(({ MaxAttempts }) => MaxAttempts > 0));
    expect(repeating.length).toBeGreaterThan(0);
    for (const retrier of repeating) {
      expect(retrier).toMatchObject({ BackoffRate: 2, JitterStrategy: 'FULL', MaxDelaySeconds: expect.any(Number) });
      expect(retrier.MaxAttempts).toBeLessThanOrEqual(16);
    }
  });

  it('calls that nobody answers end as a hand-off after five tries, spread over time', async () => {
    const faults = [0, 1].map((number) => aFault({ target: member(number) }));
    const history = await simulated({ faults, outages: [{ from: 0, to: 60 * MINUTE, ports: ['alarms'] }] });
    const looks = history.invocations.filter(({ function: name }) => name === 'triage');
    const timesOf = (execution: string) => looks.filter((look) => look.execution === execution).map(({ startedAt }) => startedAt);
    const times = [...history.executions.keys()].map(timesOf);

    expect(times.map(({ length }) => length)).toEqual([5, 5]);
    expect(new Set(times.flatMap((each) => each.slice(1))).size).toBe(8);
    expect(reasonsOf(history)).toEqual(['unexpected-error', 'unexpected-error']);
    expect(history.acts).toEqual([]);
  });

  it('an act that was throttled is not asked for again when the step is run again, but by a new decision later, and not for ever', async () => {
    const restart = remediatorNamed('restart-service');
    if (!restart) throw new Error('restart-service is not registered');
    const sent = () => world.calls.filter((call) => call === 'commands.send').length;
    failing(world, 'commands.send', new TryAgain('ThrottlingException', undefined));
    let next = await triage(aState(), world.ports, NOW);
    for (const _ of [1, 2, 3]) await remediate(aState({ next }), restart, 'doc', world.ports, NOW);
    expect(sent()).toBe(1);

    let now = NOW;
    while (next.do === 'remediate') {
      const answer: Next = await remediate(aState({ next }), restart, 'doc', world.ports, now);
      if (answer.do !== 'triage') {
        next = answer;
        break;
      }
      now = Date.parse(answer.at);
      next = await triage(aState({ next: answer }), world.ports, now);
    }
    expect(next).toMatchObject({ do: 'conclude', end: { outcome: 'handed-off', reason: 'act-not-taken' } });
    expect(now - NOW).toBe(30 * MINUTE);
    expect(sent()).toBe(61);
    expect(world.account.commands.size).toBe(0);
  });
});
