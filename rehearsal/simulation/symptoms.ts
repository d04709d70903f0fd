import type { Policy } from '../../lambdas/core/policy.ts';
import type { Alarms, LoadBalancers } from '../../lambdas/core/ports.ts';
import type { Contributor } from '../../lambdas/core/signal.ts';
import { type Target, targetKey } from '../../lambdas/core/target.ts';
import type { Account } from '../fakes/fake-aws.ts';

/** CloudWatch lists no more contributors of an alarm than this. */
const LISTED_CONTRIBUTORS = 100;

/** Which symptoms are there, as the alarms show them. */
export class Symptoms {
  /** By alarm: the targets that show the symptom, by key. */
  readonly #present = new Map<string, Map<string, Target>>();
  /** By alarm: what CloudWatch lists, until it changes. */
  readonly #listed = new Map<string, readonly Contributor[]>();

  begin(policy: string, target: Target): void {
    const alarm = alarmNameOf(policy);
    const targets = this.#present.get(alarm) ?? new Map<string, Target>();
    this.#present.set(alarm, targets.set(targetKey(target), target));
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
      reportsSince: async (_proof, { InstanceId = '' }) => instances.get(InstanceId)?.state === 'running',
    };
  }

  /** The load balancers of the policies that ask them for targets. */
  loadBalancers(policies: readonly Policy[]): LoadBalancers {
    return {
      unhealthyInstances: async (arn) =>
        policies
          .filter(({ targets }) => targets.kind === 'unhealthy-targets' && targets.targetGroupArn === arn)
          .flatMap(({ name }) => this.#targets(alarmNameOf(name)).flatMap((target) => (target.kind === 'instance' ? [target.id] : []))),
    };
  }

  #contributors(alarm: string): readonly Contributor[] {
    const known = this.#listed.get(alarm);
    if (known) return known;
    const listed = this.#targets(alarm)
      .slice(0, LISTED_CONTRIBUTORS)
      .map((target) => ({ id: targetKey(target), attributes: { InstanceId: target.kind === 'instance' ? target.id : '' } }));
    this.#listed.set(alarm, listed);
    return listed;
  }

  #targets(alarm: string): readonly Target[] {
    return [...(this.#present.get(alarm)?.values() ?? [])];
  }
}

export function alarmNameOf(policy: string): string {
  return `healing-${policy}`;
}
