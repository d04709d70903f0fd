import * as z from 'zod';
import type { Instant } from '../duration.ts';
import { readTolerantly } from '../tolerant-reader.ts';
import { askedDrillsSchema } from './asked-drill.ts';
import { hubPauseSchema } from './hub-pause.ts';
import type { PipelinePlace } from './place.ts';
import { reportedText as text } from './reported-text.ts';

/** More are looked at where they are. */
export const MOST_INCIDENTS = 10;
export const MOST_FINDINGS = 20;

const count = z.int().min(0);

const findingSchema = z.strictObject({
  state: z.enum(['warning', 'wrong', 'unknown']),
  about: text(300),
  says: text(700),
  mend: text(700).optional(),
});

const openIncidentSchema = z.strictObject({
  id: text(80),
  /** Absent where the table does not have it yet. */
  policy: text(200).optional(),
  target: text(300).optional(),
  since: z.int().optional(),
});

/**
 * What a pipeline tells its hub of itself, every few minutes and whenever the hub's pause reaches it, which is how it confirms. Written
 * strictly, read tolerantly: pipelines of other versions report to the same hub.
 */
const reportSchema = z.strictObject({
  /** When it was made. */
  at: z.int().min(0),
  /** The release that is deployed. */
  release: text(40).default('unknown'),
  /** Why its own switch pauses it. @default - it does not */
  ownPause: text(700).optional(),
  /** The hub's pause as it has been applied. @default - it never heard of one */
  hubPause: hubPauseSchema.optional(),
  /** How many policies were deployed in each mode. */
  modes: z.strictObject({ automatic: count, approval: count, shadow: count }),
  /** The newest open incidents. */
  incidents: z.array(openIncidentSchema).max(MOST_INCIDENTS).readonly(),
  /** Whether there are more. */
  moreIncidents: z.boolean().default(false),
  /** What is not well about the pipeline itself. */
  findings: z.array(findingSchema).max(MOST_FINDINGS).readonly(),
  /** What became of the drills that the hub asked for. @default - it asked for none, or may not */
  drills: askedDrillsSchema.optional(),
});

export type Report = z.infer<typeof reportSchema>;

/** A report and where it came from, as EventBridge says it: the sender has no part in that. */
export interface KnownPipeline extends PipelinePlace {
  readonly report: Report;
  /** @default - the hub never sent it the pause */
  readonly told?: Told;
}

/** That the hub sent the pause. */
export interface Told {
  /** When it did last. */
  readonly at: Instant;
  /** When it began to send this setting. @default - an earlier version sent it, which did not say */
  readonly since?: Instant;
  /** What AWS said where it did not take it. */
  readonly failure?: string;
}

/** A report of any later version, as far as this one knows its fields; undefined for what is none. */
export function readReport(value: unknown): Report | undefined {
  return readTolerantly(reportSchema, value).data;
}
