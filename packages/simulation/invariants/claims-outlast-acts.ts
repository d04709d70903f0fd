import type { Lease, Slots } from '../../../lambdas/core/claim.ts';
import { after, type Instant } from '../../../lambdas/core/duration.ts';
import { groupKey } from '../../../lambdas/core/policy.ts';
import { longestOf } from '../../../lambdas/remediators/longest-of.ts';
import type { Act, Change, StoryHistory } from '../history-of-story.ts';
import { placeAfter } from '../sorted-by-time.ts';
import { groupedOnce } from './grouped-once.ts';
import { inWords } from './in-flight.ts';
import type { Invariant } from './invariant.ts';

const leasesOf = groupedOnce(({ key }: Change<Lease>) => key);
const slotsOf = groupedOnce(({ key }: Change<Slots>) => key);

/** The values of one key while the act was under way, each with the instant until which it stood there. */
function during<Value>(own: readonly Change<Value>[], { at, endsAt }: Act): readonly { readonly value?: Value; readonly until: Instant }[] {
  const first = Math.max(0, placeAfter(own, at) - 1);
  return own
    .slice(first, placeAfter(own, endsAt))
    .map(({ value, at: from }, index) => ({ value, from, until: Math.min(own[first + index + 1]?.at ?? endsAt, endsAt) }))
    .filter(({ from, until }) => from < endsAt && until > at)
    .map(({ value, until }) => ({ until, ...(value !== undefined && { value }) }));
}

/** The act as far as its incident answers for it: no longer than its remedy says that it may last. */
function answeredFor(act: Act, { policies }: StoryHistory): Act {
  const rung = policies.get(act.by.policy ?? '')?.ladder[act.by.rung ?? -1];
  const longest = rung && longestOf(rung);
  return longest ? { ...act, endsAt: Math.min(act.endsAt, after(act.at, longest)) } : act;
}

function whatLapsed(done: Act, history: StoryHistory): string | undefined {
  const { leaseChanges, slotChanges, policies } = history;
  const act = answeredFor(done, history);
  const holder = act.by.execution ?? '';
  const leases = during(leasesOf(leaseChanges, act.incidentTarget), act);
  if (leases.some(({ value, until }) => value?.incident !== holder || value.expiresAt < until)) return 'its lease';
  const policy = policies.get(act.by.policy ?? '');
  const slots = policy ? during(slotsOf(slotChanges, groupKey(policy.group)), act) : [];
  return slots.some(({ value, until }) => (value?.[holder]?.until ?? 0) < until) ? 'its slot' : undefined;
}

export const claimsOutlastActs: Invariant = {
  name: 'the claim of an act lasts as long as the act itself',
  breaches: (history) =>
    history.acts.flatMap((act) => {
      const lapsed = whatLapsed(act, history);
      return lapsed === undefined ? [] : [`${inWords(act, history)}: ${lapsed} was gone before the act had ended`];
    }),
};
