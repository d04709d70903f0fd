import * as z from 'zod';
import type { LastLook } from './last-look.ts';
import type { Next } from './next.ts';
import { type Section, sectionSchema } from './notice/section.ts';
import { outsideText } from './outside-text.ts';
import type { Policy } from './policy.ts';
import { reasonWords } from './reason-words.ts';
import { type End, isTakenBack, type Reason } from './reasons.ts';

/** What was read of a target, and of what it depends on, when its incident was handed off: for people, and never decided by. */
export const diagnosisSchema = z.array(sectionSchema).readonly();

export type Diagnosis = readonly Section[];

/** The time for what AWS and a machine tell, and for what a database tells after it; together a minute. Prevents that a hand-off waits for what cannot be read. */
export const DIAGNOSIS_SECONDS = { aws: 40, database: 20 } as const;

/**
 * The most that is kept of a diagnosis. With four bytes for each character it is a third of what a workflow's state may hold, which is
 * 256 KB, policy and incident included.
 */
export const MOST_OF_A_DIAGNOSIS = { sections: 12, lines: 10, title: 80, characters: 160 } as const;

/** Whether nobody goes onto the machine or into the database, not even to look: a person keeps it from the pipeline, or it is not there. */
function isLeftAlone(reason: Reason): boolean {
  return isTakenBack(reason) || reason === 'other-pipeline' || reason === 'target-gone';
}

/** A diagnosis as it is kept: without secrets, each line on one line, and bounded. Sections without lines are left out. */
export function boundedDiagnosis(sections: readonly Section[]): Diagnosis {
  const most = MOST_OF_A_DIAGNOSIS;
  return sections
    .map(({ title, lines }) => ({ title: outsideText(title, most.title), lines: boundedLines(lines) }))
    .filter(({ lines }) => lines.length > 0)
    .slice(0, most.sections);
}

function boundedLines(lines: readonly string[]): readonly string[] {
  const { lines: most, characters } = MOST_OF_A_DIAGNOSIS;
  const kept = lines.slice(0, lines.length > most ? most - 1 : most).map((line) => outsideText(line, characters));
  const more = lines.length > most ? [`and ${lines.length - most + 1} more`] : [];
  return [...kept, ...more].filter((line) => line !== '');
}

/** What of a workflow's state a diagnosis is decided by. */
interface Asked {
  readonly policy: Policy;
  readonly next?: Next | undefined;
}

/** Whether the incident is on its way to a hand-off that wants a diagnosis. Of a storm the lead speaks; the others are many at once. */
export function wantsDiagnosis({ next }: Pick<Asked, 'next'>): boolean {
  if (next?.do !== 'conclude' || next.end.outcome !== 'handed-off') return false;
  return next.end.reason !== 'storm' || next.end.details !== undefined;
}

/** Why nobody may go onto the machine or into the database to look, if so. Reading what AWS says of the target is never kept from anybody. */
export function whyNoVisit({ policy, next }: Asked, visits: 'machine' | 'database', look: LastLook): string | undefined {
  if (look.kind === 'stop') return look.why;
  if (look.mode === 'shadow') return 'in the mode shadow nothing is run on a machine or in a database';
  const end: End | undefined = next?.do === 'conclude' ? next.end : undefined;
  if (end && isLeftAlone(end.reason)) return reasonWords[end.reason].means;
  if (visits === 'machine' && policy.keepOutput === false) return 'nothing is kept of what scripts on the machines write (keepOutput)';
  return undefined;
}
