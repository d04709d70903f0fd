import type { Instant } from '../../lambdas/core/duration.ts';
import type { Policy } from '../../lambdas/core/policy.ts';
import type { Alarms, ContributorState, Databases, Instances, LoadBalancers } from '../../lambdas/core/ports.ts';
import type { Contributor } from '../../lambdas/core/signal.ts';
import type { StatusCheckName } from '../../lambdas/core/status-check.ts';
import { type Target, targetKey } from '../../lambdas/core/target.ts';
import type { TargetHealth } from '../../lambdas/core/target-health.ts';
import type { Spell } from './history-of-story.ts';
import { type LivingAccount, lastMinute } from './living-account.ts';

/** CloudWatch lists no more contributors of an alarm than this; the others are read by the alarm's own query. */
const LISTED_CONTRIBUTORS = 100;

/** Series of which a query, and so an alarm, says anything. */
const MOST_SERIES = 500;

/** CloudWatch's words, which say the same of each. */
const REASON = 'Threshold Crossed';

/** So long after its last datapoint a series is out of the alarm's range, and its contributor leaves ALARM as if it were well. */
const MISSED_AFTER_MILLISECONDS = 3 * 60_000;

interface Present {
  readonly target: Target;
  readonly since: Instant;
}

/** Which symptoms are there, and what the alarms show of them. */
export class Symptoms {
  /** Every symptom from its beginning to its end, as it really was. */
  readonly spells: Spell[] = [];
  /** By alarm: the targets that show the symptom, by key. */
  readonly #present = new Map<string, Map<string, Present>>();
  /** By alarm: what CloudWatch lists, until it changes. */
  readonly #listed = new Map<string, readonly (Contributor & ContributorState)[]>();
  /** By alarm: when the first target began to show the symptom, or the last one ceased to. */
  readonly #changed = new Map<string, Instant>();
  /** Symptoms that are there, by target. */
  readonly #open = new Map<string, readonly Spell[]>();
  readonly #byName: ReadonlyMap<string, Policy>;
  readonly #policies: readonly Policy[];
  readonly #byAlarm: ReadonlyMap<string, Policy>;
  readonly #living: LivingAccount;
  readonly #now: () => Instant;

  constructor(policies: readonly Policy[], living: LivingAccount, now: () => Instant) {
    this.#policies = policies;
    this.#byName = new Map(policies.map((policy) => [policy.name, policy]));
    this.#byAlarm = new Map(policies.map((policy) => [alarmNameOf(policy.name), policy]));
    this.#living = living;
    this.#now = now;
  }

  begin(policy: string, target: Target): void {
    const alarm = alarmNameOf(policy);
    const key = targetKey(target);
    const targets = this.#present.get(alarm) ?? new Map<string, Present>();
    if (targets.size === 0) this.#changed.set(alarm, this.#now());
    this.#present.set(alarm, targets.set(key, { target, since: this.#now() }));
    this.#listed.delete(alarm);
    const spell = { policy, target: key, from: this.#now() };
    this.spells.push(spell);
    this.#open.set(key, this.#openOf(key).concat(spell));
  }

  end(policy: string, target: Target): void {
    const key = targetKey(target);
    const left = this.#present.get(alarmNameOf(policy));
    if (left?.delete(key) && left.size === 0) this.#changed.set(alarmNameOf(policy), this.#now());
    this.#listed.delete(alarmNameOf(policy));
    const spell = this.#openOf(key).find((each) => each.policy === policy);
    if (spell) spell.to = this.#now();
    const others = this.#openOf(key).filter((each) => each !== spell);
    if (others.length > 0) this.#open.set(key, others);
    else this.#open.delete(key);
  }

  #openOf(target: string): readonly Spell[] {
    return this.#open.get(target) ?? [];
  }

  isPresent(policy: string, target: Target): boolean {
    return this.#present.get(alarmNameOf(policy))?.has(targetKey(target)) ?? false;
  }

  /** CloudWatch of these symptoms. */
  alarms(): Alarms {
    return {
      state: async (alarm) => ({ state: this.#stateOf(alarm), reason: '', ...this.#sinceOf(alarm) }),
      isMuted: async () => false,
      contributorsInAlarm: async (alarm) => {
        const contributors = this.#contributors(alarm);
        return { contributors, complete: this.#shown(alarm).length <= contributors.length };
      },
      inAlarm: async (names) =>
        names.flatMap((alarmName) => {
          const [first] = this.#shown(alarmName);
          const manySeries = this.#byAlarm.get(alarmName)?.targets.kind === 'contributor';
          return first ? [{ alarmName, since: first.since, reason: REASON, quieted: false, manySeries }] : [];
        }),
      lastReport: async ({ dimensions: fixed }, dimensions, since) => {
        const { InstanceId } = { ...fixed, ...dimensions };
        return InstanceId === undefined ? lastMinute(this.#now()) : this.#living.lastReport(InstanceId, since);
      },
      // No policy of the simulation reads a probe.
      values: async (metrics) => metrics.map(() => []),
    };
  }

  /** The load balancers of the policies that ask them for targets: what lives and does not show their symptom is healthy. */
  loadBalancers(): LoadBalancers {
    return {
      findings: async () => [],
      targetHealth: async (arn) => {
        const ill = this.#policies
          .filter(({ targets }) => targets.kind === 'unhealthy-targets' && targets.targetGroupArn === arn)
          .flatMap(({ name }) => this.#targets(alarmNameOf(name)).flatMap(({ target }) => (target.kind === 'instance' ? [target.id] : [])));
        const found = [...this.#living.account.instances.values()].map(({ id, state }): [string, TargetHealth] => [
          id,
          state !== 'running' ? 'unused' : this.#living.isDead(id) ? 'unhealthy' : 'healthy',
        ]);
        return new Map([...found, ...ill.map((id): [string, TargetHealth] => [id, 'unhealthy'])]);
      },
    };
  }

  /** EC2's status checks, of policies that read them. */
  statusChecks(): Pick<Instances, 'statusCheck'> {
    return {
      statusCheck: async (id, check) => {
        if (this.#living.account.instances.get(id)?.state !== 'running') return 'unknown';
        return this.#isImpaired(id, check) ? 'impaired' : 'ok';
      },
    };
  }

  /** Databases, of which a symptom of a policy that reads their status makes them unavailable. */
  describing(databases: Databases): Databases {
    return {
      ...databases,
      describe: async (id) => {
        const database = await databases.describe(id);
        const isIll = this.#evidenceOf({ kind: 'database', id }).some(({ kind }) => kind === 'database-status');
        return database && isIll && database.status === 'available' ? { ...database, status: 'storage-full' } : database;
      },
    };
  }

  #isImpaired(id: string, check: StatusCheckName): boolean {
    return this.#evidenceOf({ kind: 'instance', id }).some((evidence) => evidence.kind === 'status-check' && evidence.check === check);
  }

  /** What the policies read by whose symptoms the target is ill. */
  #evidenceOf(target: Target): readonly NonNullable<Policy['evidence']>[] {
    return this.#openOf(targetKey(target)).flatMap(({ policy }) => this.#byName.get(policy)?.evidence ?? []);
  }

  #stateOf(alarm: string): 'ALARM' | 'OK' | 'INSUFFICIENT_DATA' {
    if (this.#shown(alarm).length > 0) return 'ALARM';
    return this.#targets(alarm).length > 0 ? 'INSUFFICIENT_DATA' : 'OK';
  }

  /** Of an alarm whose series fell silent nothing is said: it changed its state when they did. */
  #sinceOf(alarm: string): { readonly since?: Instant } {
    const since = this.#changed.get(alarm);
    return since === undefined || this.#living.deaths.length > 0 ? {} : { since };
  }

  #contributors(alarm: string): readonly (Contributor & ContributorState)[] {
    const known = this.#living.deaths.length === 0 ? this.#listed.get(alarm) : undefined;
    if (known) return known;
    const most = this.#seriesOf(alarm) < MOST_SERIES ? MOST_SERIES : LISTED_CONTRIBUTORS;
    const listed = this.#shown(alarm)
      .slice(0, most)
      .map(({ target, since }) => ({
        id: targetKey(target),
        attributes: { InstanceId: target.kind === 'instance' ? target.id : '' },
        since,
        reason: REASON,
      }));
    this.#listed.set(alarm, listed);
    return listed;
  }

  /** How many series its query has: a hash spreads those of a fleet evenly over its shards. */
  #seriesOf(alarm: string): number {
    const { group, targets } = this.#byAlarm.get(alarm) ?? {};
    const members = group?.kind === 'tagged' ? this.#living.membersOf(group) : 0;
    return members / ((targets?.kind === 'contributor' && targets.shards) || 1);
  }

  /** Those that the alarm shows: a series that has reported nothing for a while is not among them. EC2's own checks see the dead. */
  #shown(alarm: string): readonly Present[] {
    const isSeries = this.#byAlarm.get(alarm)?.evidence?.kind !== 'status-check';
    return this.#targets(alarm).filter(({ target }) => !(isSeries && target.kind === 'instance' && this.#isMissing(target.id)));
  }

  #isMissing(instance: string): boolean {
    return this.#living.isDead(instance) && this.#living.lastReport(instance, this.#now() - MISSED_AFTER_MILLISECONDS) === undefined;
  }

  #targets(alarm: string): readonly Present[] {
    return [...(this.#present.get(alarm)?.values() ?? [])];
  }
}

export function alarmNameOf(policy: string): string {
  return `healing-${policy}`;
}
