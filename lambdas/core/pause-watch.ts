import * as z from 'zod';
import { type Duration, durationSchema, type Instant, inWords, iso, milliseconds } from './duration.ts';
import { parsePause, pauseEnd } from './pause.ts';

/** One value that the pause switch had. */
export interface PauseEntry {
  readonly value: string;
  readonly at: Instant;
  /** ARN of who set it. */
  readonly by: string;
  /** Whose switch it is, in words. @default - the pipeline's own */
  readonly whose?: string;
}

/** The pause that the sweeps know of, and when people were told of it last. */
export interface PauseNote {
  readonly since: Instant;
  /** @default - not yet */
  readonly toldAt?: Instant;
}

/** How a pause is watched. */
export const pauseWatchSchema = z.strictObject({
  /** A pause without an end that lasts longer raises an alarm. */
  alarmAfter: durationSchema,
  /** How often people are reminded of a pause while it lasts. */
  remindEvery: durationSchema,
});

export type PauseWatch = z.infer<typeof pauseWatchSchema>;

/** What people are told of a pause. */
export interface PauseNews {
  readonly kind: 'began' | 'lasts' | 'ended';
  readonly why: string;
  readonly since: Instant;
  readonly by?: string;
  readonly until?: Instant;
}

/** What a sweep makes of the switch: what to tell, what to remember (nothing where it runs), and whether the alarm is to go off. */
export interface PauseFinding {
  readonly news?: PauseNews;
  readonly note?: PauseNote;
  readonly overdue: boolean;
}

/** A first deployment makes the switch within minutes of the first sweep. */
const MISSING_AT_LEAST: Duration = { minutes: 10 };

/** Looks at the switch as it stands; `entry` is missing where the switch is. */
export function lookAtPause(
  entry: PauseEntry | undefined,
  note: PauseNote | undefined,
  { alarmAfter, remindEvery }: PauseWatch,
  now: Instant,
): PauseFinding {
  const pause = parsePause(entry?.value, now, entry?.whose);
  if (pause.kind === 'running') {
    const ended = note?.toldAt !== undefined && news('ended', entry, note.since, 'the pause switch lets the pipeline act again');
    return { ...(ended && { news: ended }), overdue: false };
  }
  const since = entry?.at ?? note?.since ?? now;
  const known = note?.since === since ? note : undefined;
  const overdue = pauseEnd(entry?.value) === undefined && now - since > milliseconds(alarmAfter);
  if (entry === undefined && now - since < milliseconds(MISSING_AT_LEAST)) return { note: { since }, overdue };
  if (known?.toldAt !== undefined && now - known.toldAt < milliseconds(remindEvery)) return { note: known, overdue };
  const kind = known?.toldAt === undefined ? 'began' : 'lasts';
  return { news: news(kind, entry, since, pause.why), note: { since, toldAt: now }, overdue };
}

function news(kind: PauseNews['kind'], entry: PauseEntry | undefined, since: Instant, why: string): PauseNews {
  const until = pauseEnd(entry?.value);
  return { kind, why, since, ...(entry && { by: entry.by }), ...(until !== undefined && { until }) };
}

/** The news in one sentence, for the history. */
export function pauseSentence(pipeline: string, { kind, why, since, until }: PauseNews, now: Instant): string {
  if (kind === 'ended') return `pipeline ${pipeline} acts again, after a pause of ${inWords(now - since)}`;
  const end = until === undefined ? 'it has no end' : `it ends by itself at ${iso(until)}`;
  return `pipeline ${pipeline} ${kind === 'began' ? 'is paused' : `is still paused, for ${inWords(now - since)}`}: ${why}; ${end}`;
}
