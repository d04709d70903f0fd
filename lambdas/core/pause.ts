import { type Instant, iso } from './duration.ts';
import type { Pause } from './guardrails/guardrail.ts';

/** The only value with which the pipeline acts. Whatever else stands in the switch is read as a pause and its reason. */
export const RUNNING = 'running';

/** In whose words a pause of the pipeline's own switch is told. */
export const OWN_SWITCH = 'the pause switch';

/** Room for the reason, its author, the time and the end. */
const LONGEST_SHOWN = 600;

/** SSM's standard parameters hold more; a reason that long is read by nobody. */
const LONGEST_REASON = 300;

/** How a value says until when it pauses. A version that does not know it is paused by such a value like by any other. */
const UNTIL = /\[until (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z)\]$/;

/** The value that pauses: the reason, its author, the time, and until when. Undefined for a reason that says nothing. */
export function pauseText(reason: string, by: string, now: Instant, until?: Instant): string | undefined {
  const words = reason.trim().slice(0, LONGEST_REASON);
  if (words === '' || words === RUNNING) return undefined;
  return `${words} (by ${by}, ${iso(now)})${until === undefined ? '' : ` [until ${iso(until)}]`}`;
}

/** When the pause of this value ends by itself; undefined for one that only a person ends. */
export function pauseEnd(value: string | undefined): Instant | undefined {
  const [, typed] = UNTIL.exec(value?.trim() ?? '') ?? [];
  const end = typed === undefined ? Number.NaN : Date.parse(typed);
  return Number.isNaN(end) ? undefined : end;
}

/** Whether what the switch says pauses longer than until then. A pause without an end is the longest. */
export function outlasts(value: string | undefined, until: Instant | undefined, now: Instant): boolean {
  if (until === undefined || parsePause(value, now).kind === 'running') return false;
  const end = pauseEnd(value);
  return end === undefined || end > until;
}

/**
 * Reads the pause switch. An empty, missing or mistyped value pauses: a person who touched the switch meant something by it. A pause
 * ends by itself because it is read so, and not because somebody writes the switch: who pauses anew at that moment is not overwritten.
 *
 * @param now Where no time is known, a pause has no end.
 * @param whose In whose words it is told.
 */
export function parsePause(value: string | undefined, now = Number.NEGATIVE_INFINITY, whose = OWN_SWITCH): Pause {
  const text = value?.trim() ?? '';
  if (text === RUNNING) return { kind: 'running' };
  const end = pauseEnd(text);
  if (end !== undefined && now >= end) return { kind: 'running' };
  return {
    kind: 'paused',
    why: text === '' ? `${whose} is empty or missing` : `${whose} says: ${text.slice(0, LONGEST_SHOWN)}`,
  };
}
