import type { Instant } from './duration.ts';
import type { HistoryLine } from './history-line.ts';
import { type Step, storyOf } from './story.ts';

/** What came of a drill, as its lines of the history tell. */
export interface DrillReport {
  /** Whether the way was walked to its end; for real, whether the target was healed. */
  readonly whole: boolean;
  /** The reason of its end. @default - it has none yet */
  readonly reason?: string;
  readonly why?: string;
  readonly incident?: string;
  readonly steps: readonly (Pick<Step, 'what' | 'said'> & { readonly afterSeconds: number })[];
  /** From the beginning to the signal at intake: for real, what the alarm took. @default - none came */
  readonly secondsToSignal?: number;
  /** From the beginning to where the first remedy would have acted; for real, to where it did. @default - it did not come so far */
  readonly secondsToAct?: number;
  /** From the beginning to the end. @default - there is none yet */
  readonly secondsToEnd?: number;
}

/** `played`: the symptom is told by an event. `real`: something was broken, and what follows is an incident like any other. */
export type DrillKind = 'played' | 'real';

/** Reports on a drill that began at the instant, by the clock of whoever began it: with its event, or with what was broken. */
export function drillReport(lines: readonly HistoryLine[], begunAt: Instant, drillKind: DrillKind): DrillReport {
  const secondsAt = (at: string) => Math.max(0, Math.round((Date.parse(at) - begunAt) / 1_000));
  const own = lines.filter(({ kind }) => kind !== 'operator');
  const policy = own[0]?.policy ?? '';
  const end = own.findLast(({ kind }) => kind === 'outcome' || kind === 'rejected');
  const signal = own.find(({ kind }) => kind === 'signal');
  const act = own.find(drillKind === 'played' ? isPlanned : isDone);
  const incident = own.find((line) => line.incident !== undefined)?.incident;
  return {
    whole: end?.kind === 'outcome' && end.reason === (drillKind === 'played' ? 'drill' : 'healed'),
    ...(end && { reason: String(end.reason), why: end.text, secondsToEnd: secondsAt(end.at) }),
    ...(incident !== undefined && { incident }),
    steps: storyOf({ policy, lines: own }).steps.map(({ at, what, said }) => ({ afterSeconds: secondsAt(at), what, said })),
    ...(signal && { secondsToSignal: secondsAt(signal.at) }),
    ...(act && { secondsToAct: secondsAt(act.at) }),
  };
}

function isPlanned({ kind, remedy, refusal }: HistoryLine): boolean {
  return kind === 'decision' && remedy !== undefined && refusal === undefined;
}

function isDone({ kind, notTaken }: HistoryLine): boolean {
  return kind === 'acted' && notTaken !== true;
}
