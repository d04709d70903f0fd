import { type Instant, milliseconds } from './duration.ts';
import { type Attempt, isJudged } from './incident.ts';
import type { Policy, Rung } from './policy.ts';

/** The rung that is due, and the rungs before it that are passed over. Its number is the ladder's length when none is left. */
export interface NextRung {
  readonly number: number;
  readonly rung?: Rung;
  readonly passedOver: readonly number[];
}

/**
 * Chooses the next rung: always above the last one tried, unless AWS did not take that one and may take it yet. One that failed on this
 * target lately is passed over while a further one that could help is left, because trying it again costs the target an outage and the
 * person time.
 *
 * @param watched The last rung whose time has passed in shadow, without an attempt.
 */
export function nextRung(policy: Policy, tried: readonly Attempt[], history: readonly Attempt[], now: Instant, watched = -1): NextRung {
  const first = Math.max(watched + 1, ...tried.map(({ rung, result, again }) => (result === 'not-taken' && again ? rung : rung + 1)));
  const ahead = policy.ladder.slice(first).map((rung, index) => ({ rung, number: first + index }));
  const own = new Set(tried.map(({ token }) => token));
  const earlier = history.filter(({ token }) => !own.has(token));
  const failed = new Set(ahead.filter(({ number }) => failedLately(number, policy, earlier, now)).map(({ number }) => number));
  const isHopeful = ahead.some(({ rung, number }) => rung.acts && !failed.has(number));
  const next = ahead.find(({ number }) => !isHopeful || !failed.has(number));
  const number = next?.number ?? policy.ladder.length;
  return { number, passedOver: [...failed].filter((passed) => passed < number), ...(next && { rung: next.rung }) };
}

/**
 * The last time that it was judged here, it did not help. What only enables the next rung is as good as that one: the symptom was bound
 * to outlast it, and without a next rung that helps it would be done in vain.
 */
function failedLately(number: number, policy: Policy, history: readonly Attempt[], now: Instant): boolean {
  const rung = policy.ladder[number];
  if (!rung?.acts) return false;
  const judged = history
    .filter(({ policy: name, remedy }) => name === policy.name && remedy === rung.remedy)
    .filter(({ at, result }) => at > now - milliseconds(policy.guardrails.rungMemory) && isJudged(result))
    .toSorted((left, right) => right.at - left.at);
  const [last] = judged;
  if (last?.enabling && last.result === 'not-recovered') return failedLately(number + 1, policy, history, now);
  return last?.result === 'not-recovered' || last?.result === 'failed';
}
