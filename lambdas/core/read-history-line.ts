import { isFields } from './fields.ts';
import type { HistoryLine } from './history-line.ts';
import { believable } from './operator-action.ts';

/**
 * An event of the history log group as a line, as far as its stream may be believed. Undefined for one that is no line: operators may write
 * anything into their streams.
 */
export function readHistoryLine(message: string, stream: string): HistoryLine | undefined {
  const line = parsed(message);
  return isLine(line) ? believable(line, stream) : undefined;
}

function parsed(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}

/** Lines are put in order by their moments as texts. */
const MOMENT = /^\d{4}-\d\d-\d\dT/;

function isLine(value: unknown): value is HistoryLine {
  if (!isFields(value)) return false;
  const { at, kind, policy, text, incident, symptom, target, alarm } = value;
  return (
    [at, kind, policy, text].every((field) => typeof field === 'string') &&
    [incident, symptom, target, alarm].every((field) => field === undefined || typeof field === 'string') &&
    MOMENT.test(String(at)) &&
    Number.isFinite(Date.parse(String(at)))
  );
}
