import type { Instant } from '../../lambdas/core/duration.ts';
import type { Policy } from '../../lambdas/core/policy.ts';
import type { Alarms, ContributorState, LoadBalancers } from '../../lambdas/core/ports.ts';
import type { Contributor } from '../../lambdas/core/signal.ts';
import { type Target, targetKey } from '../../lambdas/core/target.ts';
import type { TargetHealth } from '../../lambdas/core/target-health.ts';
import type { Account } from '../fakes/fake-aws.ts';

/** CloudWatch lists no more contributors of an alarm than this. */
const LISTED_CONTRIBUTORS = 100;

const MINUTE = 60_000;

/** CloudWatch's words, which say the same of each. */
const REASON = 'Threshold Crossed';

interface Present {
  readonly target: Target;
  readonly since: Instant;
}

/** Which symptoms are there, as the alarms show them. */
export class Symptoms {
  /** By alarm: the targets that show the symptom, by key. */
  readonly #present = new Map<string, Map<string, Present>>();
  /** By alarm: what CloudWatch lists, until it changes. */
  readonly #listed = new Map<string, readonly (Contributor & ContributorState)[]>();

  readonly #manySeries: ReadonlySet<string>;

  constructor(policies: readonly Policy[]) {
    const byContributor = policies.filter(({ targets }) => targets.kind === 'contributor');
    this.#manySeries = new Set(byContributor.map(({ name }) => alarmNameOf(name)));
  }

  begin(policy: string, target: Target, since: Instant): void {
    const alarm = alarmNameOf(policy);
    const targets = this.#present.get(alarm) ?? new Map<string, Present>();
    this.#present.set(alarm, targets.set(targetKey(target), { target, since }));
    this.#listed.delete(alarm);
  }

  end(policy: string, target: Target): void {
    this.#present.get(alarmNameOf(policy))?.delete(targetKey(target));
    this.#listed.delete(alarmNameOf(policy));
  }

  isPresent(policy: string, target: Target): boolean {
    return this.#present.get(alarmNameOf(policy))?.has(targetKey(target)) ?? false;
  }

  /** CloudWatch of these symptoms. A series of an instance that does not run reports nothing. */
  alarms({ instances }: Account): Alarms {
    return {
      state: async (alarm) => ({ state: this.#targets(alarm).length > 0 ? 'ALARM' : 'OK', reason: '' }),
      contributorsInAlarm: async (alarm) => ({
        contributors: this.#contributors(alarm),
        complete: (this.#present.get(alarm)?.size ?? 0) <= LISTED_CONTRIBUTORS,
      }),
      inAlarm: async (names) =>
        names.flatMap((alarmName) => {
          const [first] = this.#targets(alarmName);
          return first
            ? [{ alarmName, since: first.since, reason: REASON, quieted: false, manySeries: this.#manySeries.has(alarmName) }]
            : [];
        }),
      // The newest datapoint is that of the last minute that is over.
      lastReport: async ({ dimensions: fixed }, dimensions, _since, now) =>
        instances.get({ ...fixed, ...dimensions }.InstanceId ?? '')?.state === 'running'
          ? Math.floor(now / MINUTE) * MINUTE - MINUTE
          : undefined,
      // No policy of the simulation reads a probe.
      values: async (metrics) => metrics.map(() => []),
    };
  }

  /** The load balancers of the policies that ask them for targets: what runs and does not show their symptom is healthy. */
  loadBalancers(policies: readonly Policy[], { instances }: Account): LoadBalancers {
    return {
      targetHealth: async (arn) => {
        const ill = policies
          .filter(({ targets }) => targets.kind === 'unhealthy-targets' && targets.targetGroupArn === arn)
          .flatMap(({ name }) => this.#targets(alarmNameOf(name)).flatMap(({ target }) => (target.kind === 'instance' ? [target.id] : [])));
        const found = [...instances.values()].map(({ id, state }): [string, TargetHealth] => [
          id,
          state === 'running' ? 'healthy' : 'unused',
        ]);
        return new Map([...found, ...ill.map((id): [string, TargetHealth] => [id, 'unhealthy'])]);
      },
    };
  }

  #contributors(alarm: string): readonly (Contributor & ContributorState)[] {
    const known = this.#listed.get(alarm);
    if (known) return known;
    const listed = this.#targets(alarm)
      .slice(0, LISTED_CONTRIBUTORS)
      .map(({ target, since }) => ({
        id: targetKey(target),
        attributes: { InstanceId: target.kind === 'instance' ? target.id : '' },
        since,
        reason: REASON,
      }));
    this.#listed.set(alarm, listed);
    return listed;
  }

  #targets(alarm: string): readonly Present[] {
    return [...(this.#present.get(alarm)?.values() ?? [])];
  }
}

export function alarmNameOf(policy: string): string {
  return `healing-${policy}`;
}
