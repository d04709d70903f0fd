import { grouped } from './grouped.ts';
import type { HistoryLine } from './history-line.ts';

/** What a policy did in shadow mode over a time, and whether that is enough to let it act. */
export interface PromotionAdvice {
  readonly policy: string;
  /** Incidents in shadow that have ended. */
  readonly incidents: number;
  /** Those of them in which a remedy would have been used. */
  readonly wouldHaveActed: number;
  /** Those of `wouldHaveActed` whose symptom passed without the remedy in the time that it would have had. */
  readonly passedByThemselves: number;
  /** Incidents that a guardrail ended before a remedy was due, by reason. */
  readonly vetoes: Readonly<Record<string, number>>;
  readonly promote: boolean;
  readonly because: string;
}

/** Fewer incidents say little; the number is a choice, not a measurement. */
const ENOUGH_INCIDENTS = 5;

/** Above this share the remedies would mostly have cured what was over anyway, at the cost of their side effects. */
const MOST_PASSED_SHARE = 0.3;

/** Advises on every policy that ended an incident in shadow, from the history's lines of the time looked at. */
export function promotionAdvice(lines: readonly HistoryLine[]): readonly PromotionAdvice[] {
  const inShadow = new Set(lines.filter(({ shadow }) => shadow !== undefined).map(({ policy }) => policy));
  return [...inShadow].toSorted().map((policy) =>
    adviceOn(
      policy,
      lines.filter((line) => line.policy === policy),
    ),
  );
}

function adviceOn(policy: string, lines: readonly HistoryLine[]): PromotionAdvice {
  const outcomes = lines.filter(({ kind }) => kind === 'outcome');
  const shadowed = new Set(outcomes.filter(({ reason }) => reason === 'shadow').map(({ incident }) => incident));
  const passed = new Set(
    lines.filter(({ shadow, incident }) => shadow === 'passed' && shadowed.has(incident)).map(({ incident }) => incident),
  );
  const others = outcomes.filter(({ reason, outcome }) => reason !== 'shadow' && outcome !== 'recovered' && reason !== 'already-recovered');
  const counts = {
    incidents: outcomes.length,
    wouldHaveActed: shadowed.size,
    passedByThemselves: passed.size,
    vetoes: countBy(others.map(({ reason }) => String(reason))),
  };
  const objection = objectionTo(counts);
  return { policy, ...counts, promote: objection === undefined, because: objection ?? reasonFor(counts) };
}

type Counts = Pick<PromotionAdvice, 'wouldHaveActed' | 'passedByThemselves'>;

function objectionTo({ wouldHaveActed, passedByThemselves }: Counts): string | undefined {
  if (wouldHaveActed < ENOUGH_INCIDENTS)
    return `it would have acted ${wouldHaveActed} of the ${ENOUGH_INCIDENTS} times that are needed to say anything`;
  if (passedByThemselves / wouldHaveActed > MOST_PASSED_SHARE)
    return `${passedByThemselves} of ${wouldHaveActed} symptoms passed by themselves: lengthen sustainedFor, or begin the ladder with Remedy.waitAndSee()`;
  return undefined;
}

function reasonFor({ wouldHaveActed, passedByThemselves }: Counts): string {
  return `${wouldHaveActed - passedByThemselves} of ${wouldHaveActed} symptoms stayed without the remedy`;
}

function countBy(names: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries([...grouped(names, (name) => name)].map(([name, all]) => [name, all.length]));
}
