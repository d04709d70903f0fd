import type { Pause } from './guardrails/guardrail.ts';

/** The only value with which the pipeline acts. Whatever else stands in the switch is read as a pause and its reason. */
export const RUNNING = 'running';

/** Reads the pause switch. An empty, missing or mistyped value pauses: a person who touched the switch meant something by it. */
export function parsePause(value: string | undefined): Pause {
  const text = value?.trim() ?? '';
  if (text === RUNNING) return { kind: 'running' };
  return { kind: 'paused', why: text === '' ? 'the pause switch is empty or missing' : `the pause switch says: ${text.slice(0, 300)}` };
}
