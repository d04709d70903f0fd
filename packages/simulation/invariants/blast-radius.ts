import { slotLimits } from '../../../lambdas/core/claim.ts';
import { groupKey } from '../../../lambdas/core/policy.ts';
import type { Act, StoryHistory } from '../history-of-story.ts';
import { atOnce } from './acts-in-time.ts';
import { type Flight, flightsBy, inWords } from './in-flight.ts';
import type { Invariant } from './invariant.ts';

/** The group of an act's policy, by its key. */
export function groupOf({ by }: Act, { policies }: StoryHistory): string {
  const policy = policies.get(by.policy ?? '');
  return policy ? groupKey(policy.group) : '(none)';
}

/** Most targets of the act's group that may be in remediation while it acts. */
function limitFor(act: Act, history: StoryHistory): number {
  const policy = history.policies.get(act.by.policy ?? '');
  return policy
    ? slotLimits(policy.guardrails.blastRadius, { group: history.groupSizes.get(groupOf(act, history)) ?? 0, zone: 0 }).group
    : 0;
}

/** For each act in order of time what is in flight just after it, itself included. */
export function inFlightAtActs(
  flights: readonly Flight[],
): readonly { readonly act: Act; readonly acts: readonly Act[]; readonly targets: number }[] {
  const begun = atOnce(
    flights,
    ({ act }) => act.at,
    ({ until }) => until,
  );
  return begun.map(({ act: { act }, others }) => {
    const acts = [...others.map((other) => other.act), act];
    return { act, acts, targets: new Set(acts.map(({ target }) => target)).size };
  });
}

/** Policies of one group may have limits of their own, and whoever claimed last, which need not be who acts last, went by its own. */
function limitForAny(acts: readonly Act[], history: StoryHistory): number {
  return Math.max(...acts.map((act) => limitFor(act, history)));
}

export const blastRadius: Invariant = {
  name: 'never more members of a group in remediation than its blast radius allows',
  breaches: (history) =>
    [...flightsBy(history, (act) => groupOf(act, history)).values()].flatMap((flights) =>
      inFlightAtActs(flights)
        .filter(({ acts, targets }) => targets > limitForAny(acts, history))
        .map(({ act, acts, targets }) => `${inWords(act, history)}: ${targets} in remediation, ${limitForAny(acts, history)} allowed`),
    ),
};
