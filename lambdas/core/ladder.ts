import { type Instant, milliseconds } from './duration.ts';
import { type Attempt, isJudged } from './incident.ts';
import type { Policy, Rung } from './policy.ts';
import { type CostClass, isDearer } from './remedy-cost.ts';

/** What is known of a rung beyond the target. */
export interface RungRecord {
  readonly cost: CostClass;
  /** In words, that its remedy seldom helped under the policy. @default - it did, or too little is known */
  readonly unhelpful?: string;
}

/** The rung that is due, and the rungs before it that are passed over. Its number is the ladder's length when none is left. */
export interface NextRung {
  readonly number: number;
  readonly rung?: Rung;
  readonly passedOver: readonly number[];
  /** Why a person must say yes to it: it costs more than one that is passed over because it seldom helps anywhere. @default - nobody must */
  readonly dearer?: string;
}

/** What differs from incident to incident beside the attempts. */
export interface Standing {
  /** The last rung whose time has passed in shadow, without an attempt. */
  readonly watched?: number | undefined;
  readonly rungRecords?: readonly RungRecord[] | undefined;
}

/**
 * Chooses the next rung: always above the last one tried, unless AWS did not take that one and may take it yet. One that failed on this
 * target lately, or seldom helps under the policy, is passed over while a further one that could help is left, because trying it again
 * costs the target an outage and the person time.
 */
export function nextRung(
  policy: Policy,
  tried: readonly Attempt[],
  history: readonly Attempt[],
  now: Instant,
  { watched = -1, rungRecords = [] }: Standing = {},
): NextRung {
  const first = Math.max(watched + 1, ...tried.map(({ rung, result, again }) => (result === 'not-taken' && again ? rung : rung + 1)));
  const ahead = policy.ladder.slice(first).map((rung, index) => ({ rung, number: first + index }));
  const own = new Set(tried.map(({ token }) => token));
  const earlier = history.filter(({ token }) => !own.has(token));
  const isUnhelpful = (number: number) => rungRecords[number]?.unhelpful !== undefined;
  const vain = ahead.map(({ number }) => number).filter((number) => failedLately(number, policy, earlier, now) || isUnhelpful(number));
  const isHopeful = ahead.some(({ rung, number }) => rung.acts && !vain.includes(number));
  const next = ahead.find(({ number }) => !isHopeful || !vain.includes(number));
  const number = next?.number ?? policy.ladder.length;
  const passedOver = vain.filter((passed) => passed < number);
  const dearer = next?.rung.acts ? dearerThan(number, passedOver, rungRecords) : undefined;
  return { number, passedOver, ...(next && { rung: next.rung }), ...(dearer !== undefined && { dearer }) };
}

/** Why a rung costs more than what is passed over for it. */
function dearerThan(number: number, passedOver: readonly number[], records: readonly RungRecord[]): string | undefined {
  const own = records[number];
  const cheaper = passedOver.flatMap((passed) => records[passed] ?? []).filter(({ cost }) => own && isDearer(own.cost, cost));
  const [why] = cheaper.flatMap(({ unhelpful }) => unhelpful ?? []);
  return why;
}

/**
 * Whether the remedy did not help the last time that it was judged on this target; what came of it in a drill for real says nothing. A remedy
 * that only enables the next one is as good as that: the symptom was bound to outlast it, and without a next rung that helps it would be
 * done in vain.
 */
function failedLately(number: number, policy: Policy, history: readonly Attempt[], now: Instant): boolean {
  const rung = policy.ladder[number];
  if (!rung?.acts) return false;
  const judged = history
    .filter(({ policy: name, remedy, drill }) => name === policy.name && remedy === rung.remedy && drill === undefined)
    .filter(({ at, result }) => at > now - milliseconds(policy.guardrails.rungMemory) && isJudged(result))
    .toSorted((left, right) => right.at - left.at);
  const [last] = judged;
  if (last?.enabling && last.result === 'not-recovered') return failedLately(number + 1, policy, history, now);
  return last?.result === 'not-recovered' || last?.result === 'failed';
}
