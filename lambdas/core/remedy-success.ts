import { type Duration, type Instant, iso, milliseconds } from './duration.ts';
import { endsIn } from './ends-in.ts';
import { grouped } from './grouped.ts';
import type { HistoryLine } from './history-line.ts';
import { type Attempt, type AttemptResult, isJudged } from './incident.ts';
import type { Reason } from './reasons.ts';
import { isBeyondTheRemedy } from './repair-result.ts';
import type { PastIncident } from './retake.ts';

/** How often a remedy helped under one policy, which is one symptom on one fleet. */
export interface RemedySuccess {
  readonly policy: string;
  readonly symptom: string;
  readonly remedy: string;
  /** Times that it was used and judged: the symptom went away and stayed away, or it did not. */
  readonly tries: number;
  /** Those of `tries` after which the symptom was gone. */
  readonly helped: number;
  /** `helped` of `tries`, from 0 to 1. */
  readonly share: number;
  /** When it was last judged, as ISO time. */
  readonly last: string;
}

/** A symptom of one target that was healed again and again, so that its cause must still be there. */
export interface RecurringIncident {
  readonly policy: string;
  readonly symptom: string;
  readonly target: string;
  /** Times that it was healed in the time looked at. */
  readonly healed: number;
  /** When it was last healed, as ISO time. */
  readonly last: string;
}

/** What of an attempt says whether its remedy helps. */
export type JudgedAttempt = Pick<Attempt, 'remedy'> & { readonly result?: AttemptResult | undefined; readonly enabling?: true };

/** Fewer heals in a week are ordinary; the number is a choice, not a measurement. */
export const RECURRING_FROM = 3;

/** The time in which heals of one target are counted. */
export const RECURRING_WITHIN: Duration = { days: 7 };

/** The success of every remedy that was judged, from the history's lines of the time looked at: by policy, the most used one first. */
export function remedySuccess(lines: readonly HistoryLine[]): readonly RemedySuccess[] {
  const judged = endsIn(lines).flatMap((line) =>
    remediesOf(line)
      .filter((attempt) => isTry(attempt, line.reason as Reason))
      .map(({ remedy, result }) => ({ ...nameOf(line), remedy, helped: result === 'recovered', at: line.at })),
  );
  return [...grouped(judged, ({ policy, symptom, remedy }) => JSON.stringify([policy, symptom, remedy])).values()]
    .flatMap((all) => {
      const [first] = all;
      if (!first) return [];
      const helped = all.filter((one) => one.helped).length;
      const { policy, symptom, remedy } = first;
      return [{ policy, symptom, remedy, tries: all.length, helped, share: helped / all.length, last: latest(all.map(({ at }) => at)) }];
    })
    .toSorted((left, right) => left.policy.localeCompare(right.policy) || right.tries - left.tries);
}

/** The symptoms that were healed at least three times on one target within a week before now, the most frequent first. */
export function recurringIncidents(lines: readonly HistoryLine[], now: Instant): readonly RecurringIncident[] {
  const since = iso(now - milliseconds(RECURRING_WITHIN));
  const healed = endsIn(lines).filter(({ reason, at }) => reason === 'healed' && at > since);
  return [...grouped(healed, ({ policy, target }) => JSON.stringify([policy, target])).values()]
    .flatMap((all) => {
      const [first] = all;
      if (!first || all.length < RECURRING_FROM) return [];
      return [{ ...nameOf(first), target: String(first.target), healed: all.length, last: latest(all.map(({ at }) => at)) }];
    })
    .toSorted((left, right) => right.healed - left.healed);
}

/** How often a target was healed of what the incident was about, the incident itself included; 0 where that is no more than ordinary. */
export function timesHealed(past: readonly PastIncident[], incident: string): number {
  const others = past.filter(({ id, ended, drill }) => id !== incident && drill === undefined && ended?.end.reason === 'healed').length;
  return others + 1 >= RECURRING_FROM ? others + 1 : 0;
}

/** Whether the attempt says something of its remedy: it was done and judged, and it was meant to cure. */
export function saysIfItHelps({ result, enabling }: JudgedAttempt): boolean {
  return result === 'recovered' || (isJudged(result) && !enabling);
}

/** The same, of an incident that did not end for something that no remedy could have cured. */
export function isTry(attempt: JudgedAttempt, reason: Reason): boolean {
  return saysIfItHelps(attempt) && (attempt.result === 'recovered' || !isBeyondTheRemedy(reason));
}

function remediesOf({ remedies }: HistoryLine): readonly JudgedAttempt[] {
  return Array.isArray(remedies) ? remedies.filter((each) => typeof each?.remedy === 'string') : [];
}

function nameOf({ policy, symptom }: HistoryLine) {
  return { policy, symptom: String(symptom) };
}

function latest(times: readonly string[]): string {
  return times.toSorted().at(-1) ?? '';
}
