import { slotLimits } from '../../../lambdas/core/claim.ts';
import { groupKey } from '../../../lambdas/core/policy.ts';
import type { Act, StoryHistory } from '../history-of-story.ts';
import { type Flight, flightsBy, inWords } from './in-flight.ts';
import type { Law } from './law.ts';

/** The group of an act's policy, by its key. */
export function groupOf({ by }: Act, { policies }: StoryHistory): string {
  const policy = policies.get(by.policy ?? '');
  return policy ? groupKey(policy.group) : '(none)';
}

/** Most targets of the act's group that may be in remediation while it acts. */
export function limitFor(act: Act, history: StoryHistory): number {
  const policy = history.policies.get(act.by.policy ?? '');
  return policy
    ? slotLimits(policy.guardrails.blastRadius, { group: history.groupSizes.get(groupOf(act, history)) ?? 0, zone: 0 }).group
    : 0;
}

/** For each act in order of time the targets in flight just after it, its own included. */
export function inFlightAtActs(flights: readonly Flight[]): readonly { readonly act: Act; readonly targets: number }[] {
  let open: Flight[] = [];
  return flights.map((flight) => {
    open = [...open.filter(({ until }) => until > flight.act.at), flight];
    return { act: flight.act, targets: new Set(open.map(({ act }) => act.target)).size };
  });
}

export const blastRadius: Law = {
  name: 'never more members of a group in remediation than its blast radius allows',
  breaches: (history) =>
    [...flightsBy(history, (act) => groupOf(act, history)).values()].flatMap((flights) =>
      inFlightAtActs(flights)
        .filter(({ act, targets }) => targets > limitFor(act, history))
        .map(({ act, targets }) => `${inWords(act, history)}: ${targets} in remediation, ${limitFor(act, history)} allowed`),
    ),
};
