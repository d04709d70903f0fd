import { type Instant, iso } from './duration.ts';
import type { Pause } from './guardrails/guardrail.ts';

/** The only value with which the pipeline acts. Whatever else stands in the switch is read as a pause and its reason. */
export const RUNNING = 'running';

/** Room for the reason, its author and the time. */
const LONGEST_SHOWN = 600;

/** SSM's standard parameters hold more; a reason that long is read by nobody. */
const LONGEST_REASON = 300;

/** The value that pauses: the reason, its author and the time. Undefined for a reason that says nothing. */
export function pauseText(reason: string, by: string, now: Instant): string | undefined {
  const words = reason.trim().slice(0, LONGEST_REASON);
  return words === '' || words === RUNNING ? undefined : `${words} (by ${by}, ${iso(now)})`;
}

/** Reads the pause switch. An empty, missing or mistyped value pauses: a person who touched the switch meant something by it. */
export function parsePause(value: string | undefined): Pause {
  const text = value?.trim() ?? '';
  if (text === RUNNING) return { kind: 'running' };
  return {
    kind: 'paused',
    why: text === '' ? 'the pause switch is empty or missing' : `the pause switch says: ${text.slice(0, LONGEST_SHOWN)}`,
  };
}
