import { type Instant, milliseconds } from '../../../lambdas/core/duration.ts';
import type { Act, StoryHistory } from '../history-of-story.ts';
import { atOnce } from './acts-in-time.ts';

/**
 * Until when an act is in flight: until what it began has really ended, and its workflow has gone on from it, to the next
 * decision or to the end, or has broken, or the times of its rung are over.
 */
function inFlightUntil({ by, at, endsAt }: Act, { executions, policies, endedAt }: StoryHistory): Instant {
  const policy = policies.get(by.policy ?? '');
  const rung = policy?.ladder[by.rung ?? -1];
  const takes = policy && rung ? milliseconds(rung.settle) + milliseconds(rung.verifyWithin) + milliseconds(policy.probation) : 0;
  const { visits = [], endedAt: brokenAt = endedAt } = executions.get(by.execution ?? '') ?? {};
  const goesOn = visits.find((visit) => visit.at >= at && (visit.state === 'Triage' || visit.state === 'Conclude'));
  return Math.max(endsAt, Math.min(goesOn?.at ?? brokenAt, by.startedAt + takes));
}

/** An act with the instant until which it is in flight. */
export interface Flight {
  readonly act: Act;
  readonly until: Instant;
}

/** The acts of a history by a key, each in order of time. */
export function flightsBy(history: StoryHistory, keyOf: (act: Act) => string): ReadonlyMap<string, readonly Flight[]> {
  const flights = history.acts.map((act) => ({ act, until: inFlightUntil(act, history) }));
  return Map.groupBy(flights, ({ act }) => keyOf(act));
}

/** For each act, in order of time, the others that are under way when it begins. */
export function meetings(acts: readonly Act[]): readonly { readonly act: Act; readonly others: readonly Act[] }[] {
  return atOnce(
    acts,
    ({ at }) => at,
    ({ endsAt }) => endsAt,
  );
}

/** An act in the words of a breach: when, what, on which target, by whom. */
export function inWords({ at, call, target, by }: Act, { startedAt }: StoryHistory): string {
  return `${call} on ${target} at ${((at - startedAt) / 1_000).toFixed(1)} s by ${by.policy}, rung ${by.rung}, of ${by.execution?.slice(0, 8)}`;
}
