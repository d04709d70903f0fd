import type { Instant } from './duration.ts';
import type { HistoryLine } from './history-line.ts';
import { type Step, storyOf } from './story.ts';

/** What came of a drill, as its lines of the history tell. */
export interface DrillReport {
  /** Whether the way was walked to its end. */
  readonly whole: boolean;
  /** The reason of its end. @default - it has none yet */
  readonly reason?: string;
  readonly why?: string;
  readonly incident?: string;
  readonly steps: readonly (Pick<Step, 'what' | 'said'> & { readonly afterSeconds: number })[];
  /** From the event to where the first remedy would have acted. @default - it did not come so far */
  readonly secondsToAct?: number;
  /** From the event to the end. @default - there is none yet */
  readonly secondsToEnd?: number;
}

/** Reports on a drill whose event was put on the bus at the instant, by the clock of whoever did. */
export function drillReport(lines: readonly HistoryLine[], begunAt: Instant): DrillReport {
  const secondsAt = (at: string) => Math.max(0, Math.round((Date.parse(at) - begunAt) / 1_000));
  const own = lines.filter(({ kind }) => kind !== 'operator');
  const policy = own[0]?.policy ?? '';
  const end = own.findLast(({ kind }) => kind === 'outcome' || kind === 'rejected');
  const planned = own.find(({ kind, remedy, refusal }) => kind === 'decision' && remedy !== undefined && refusal === undefined);
  const incident = own.find((line) => line.incident !== undefined)?.incident;
  return {
    whole: end?.kind === 'outcome' && end.reason === 'drill',
    ...(end && { reason: String(end.reason), why: end.text, secondsToEnd: secondsAt(end.at) }),
    ...(incident !== undefined && { incident }),
    steps: storyOf({ policy, lines: own }).steps.map(({ at, what, said }) => ({ afterSeconds: secondsAt(at), what, said })),
    ...(planned && { secondsToAct: secondsAt(planned.at) }),
  };
}
