import { messageOf } from '../core/failure.ts';
import type { HistoryLine } from '../core/history-line.ts';
import type { Notice } from '../core/notice/notice.ts';
import { noticeTargetInWords } from '../core/notice/target-in-words.ts';
import type { History, IncidentMetrics } from '../core/ports.ts';

export interface NotSentPorts {
  readonly history: History;
  readonly metrics: Pick<IncidentMetrics, 'notSent'>;
}

/** What is known of a notice that did not go out; it may not even have been composed. */
export interface NotSent extends Pick<HistoryLine, 'at' | 'incident' | 'symptom' | 'target'> {
  readonly stage: string;
  readonly way: string;
  /** @default - it is about no single policy */
  readonly policy?: string | undefined;
  /** The id of the notice. @default - it was not composed */
  readonly notice?: string;
}

/** Counts a notice that did not go out, and writes it down. The count raises an alarm; the line only says more. */
export async function tellNotSent(notSent: NotSent, error: unknown, { history, metrics }: NotSentPorts): Promise<void> {
  metrics.notSent();
  await history.write(notSentLine(notSent, error)).catch(() => {});
}

/** The line of the history about a notice that did not go out. */
export function notSentLine({ policy = '(all)', ...about }: NotSent, error: unknown): HistoryLine {
  return {
    ...about,
    kind: 'not-sent',
    policy,
    text: `the notice "${about.stage}" could not be sent by ${about.way}: ${messageOf(error)}`,
  };
}

/** What a notice says of itself. */
export function aboutNotice({ at, policy, incident, stage, target, id }: Notice, way: string): NotSent {
  return {
    ...{ at, stage, way, notice: id },
    ...(policy && { policy: policy.name, symptom: policy.symptom }),
    ...(incident && { incident: incident.id }),
    ...(target && { target: noticeTargetInWords(target) }),
  };
}
