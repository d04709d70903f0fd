import type * as z from 'zod';
import { CLOCKS_DIFFER, type Instant, inWords, iso, milliseconds } from '../core/duration.ts';
import type { Policy } from '../core/policy.ts';
import type { LoadBalancers } from '../core/ports.ts';
import type { Reason, Witness } from '../core/reasons.ts';
import { issuesInWords, type Signal } from '../core/signal.ts';
import { nameOf, type Target, targetSchema } from '../core/target.ts';
import { unhealthyOf } from '../core/target-health.ts';

/** Why an event opens no incident. */
export interface Refused {
  readonly reason: Reason;
  readonly why: string;
  readonly witness?: Witness;
}

/** The targets that a signal is about. */
export interface SignalTargets {
  readonly targets: readonly Target[];
  readonly signal: Signal;
}

/** Finds the targets of a signal under a policy; or why it opens no incident, as one that is muted, too late, or names no target. */
export async function signalTargets(
  policy: Policy,
  signal: Signal,
  loadBalancers: LoadBalancers,
  now: Instant,
): Promise<SignalTargets | Refused> {
  if (signal.mutedBy) return { reason: 'muted', why: `muted by ${signal.mutedBy}`, witness: { kind: 'person', id: signal.mutedBy } };
  // Every alarm that may be suppressed begins with WaitPeriod; triage waits until CloudWatch knows.
  if (signal.suppressedBy && signal.suppressedBy !== 'WaitPeriod')
    return { reason: 'suppressed', why: `suppressed by ${signal.suppressedBy}`, witness: { kind: 'person', id: signal.suppressedBy } };
  const age = now - signal.at;
  if (-age > milliseconds(CLOCKS_DIFFER)) {
    return { reason: 'future-event', why: `the event says that the alarm changed at ${iso(signal.at)}, ${inWords(-age)} from now` };
  }
  if (!signal.swept && age > milliseconds(policy.guardrails.signalAtMost)) {
    return {
      reason: 'late-event',
      why: `the alarm changed ${inWords(age)} ago; at most ${inWords(milliseconds(policy.guardrails.signalAtMost))} is accepted`,
    };
  }
  const named = await namedTargets(policy, signal, loadBalancers);
  if ('reason' in named) return named;
  const targets = named.candidates.map((candidate) => targetSchema.safeParse(candidate));
  const invalid = targets.find((target) => !target.success);
  if (invalid) return { reason: 'invalid-target', why: issuesInWords(invalid.error as z.ZodError) };
  return { signal, targets: targets.flatMap((target) => (target.success ? [target.data] : [])) };
}

async function namedTargets(
  policy: Policy,
  signal: Signal,
  loadBalancers: LoadBalancers,
): Promise<{ candidates: readonly unknown[] } | Refused> {
  const { targets } = policy;
  if (signal.drill) return drilledTarget(policy, signal.drill.target);
  switch (targets.kind) {
    case 'fixed':
      return { candidates: [targets.target] };
    case 'contributor': {
      if (!signal.contributor) return withoutContributor(signal, targets.attribute);
      return { candidates: [{ kind: 'instance', id: signal.contributor.attributes[targets.attribute] }] };
    }
    case 'unhealthy-targets': {
      const ids = unhealthyOf(await loadBalancers.targetHealth(targets.targetGroupArn));
      if (ids.length === 0) return { reason: 'no-target', why: 'the target group has no unhealthy instance now' };
      const { largestFleet = Number.POSITIVE_INFINITY } = policy.guardrails;
      if (ids.length > largestFleet) {
        return {
          reason: 'fleet-too-large',
          why: `${ids.length} targets are unhealthy; the fleet is expected to have at most ${largestFleet}`,
        };
      }
      return { candidates: ids.map((id) => ({ kind: 'instance', id })) };
    }
  }
}

/** A drill has one target: that of the policy, or one that is named, of which the guardrails say whether it is in the group. */
function drilledTarget({ targets }: Policy, id: string | undefined): { candidates: readonly unknown[] } | Refused {
  if (targets.kind !== 'fixed') {
    return id === undefined
      ? { reason: 'no-target', why: 'a drill of a fleet needs the id of the instance that it is to be held on' }
      : { candidates: [{ kind: 'instance', id }] };
  }
  const own = nameOf(targets.target);
  return id === undefined || id === own
    ? { candidates: [targets.target] }
    : { reason: 'invalid-target', why: `the policy has the one target ${own}, and no ${id}` };
}

/** CloudWatch sends an event for each contributor beside that of the alarm; where the sweep finds none of them, nobody speaks for it. */
function withoutContributor({ alarmName, swept }: Signal, attribute: string): Refused {
  const refused = { reason: 'contributors-decide', why: `alarm ${alarmName} names no ${attribute}` } as const;
  return swept ? refused : { ...refused, witness: { kind: 'incident', id: `those of the contributors of alarm ${alarmName}` } };
}
