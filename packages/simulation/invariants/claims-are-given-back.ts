import { after, type Instant } from '../../../lambdas/core/duration.ts';
import { longestOf } from '../../../lambdas/remediators/longest-of.ts';
import type { Invocation, StoryHistory } from '../history-of-story.ts';
import { groupedOnce } from './grouped-once.ts';
import type { Invariant } from './invariant.ts';

/** The runs that wrote an attempt of an incident. */
const recordingsOf = groupedOnce(({ execution, recordedAt }: Invocation) => (recordedAt === undefined ? undefined : execution));

/** Until when an act of the incident may be under way, by the attempts that it wrote and the longest times of its rungs. */
function mayActUntil(incident: string, { invocations, policies, skew }: StoryHistory): Instant {
  const ends = recordingsOf(invocations, incident).flatMap(({ policy, rung, recordedAt = 0 }) => {
    const climbed = policies.get(policy ?? '')?.ladder[rung ?? -1];
    const longest = climbed && longestOf(climbed);
    return longest ? [after(recordedAt, longest) + skew] : [];
  });
  return Math.max(Number.NEGATIVE_INFINITY, ...ends);
}

/** The claims of a history's end: who holds one, and until when. */
function held({ leases, slots }: StoryHistory): readonly { readonly incident: string; readonly until: Instant }[] {
  const ofGroups = [...slots.values()].flatMap((of) => Object.entries(of).map(([incident, { until }]) => ({ incident, until })));
  return [...[...leases.values()].map(({ incident, expiresAt }) => ({ incident, until: expiresAt })), ...ofGroups];
}

export const claimsAreGivenBack: Invariant = {
  name: 'an incident that was concluded holds no claim for longer than its act may be under way',
  breaches: (history) => {
    const late = held(history).filter(
      ({ incident, until }) => history.executions.get(incident)?.status === 'SUCCEEDED' && until > mayActUntil(incident, history),
    );
    return [...new Set(late.map(({ incident }) => incident))].map((name) => `${name.slice(0, 8)} holds one`);
  },
};
