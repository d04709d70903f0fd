import { DRILL } from './drill.ts';
import { fieldsOf } from './fields.ts';
import { CONTRIBUTOR, FAILED_CHECK, PARENT } from './signal.ts';

/** What is told again: of alarms and status checks by the sweep and their reader while they stand, a drill by whoever holds it. */
const toldAgain: ReadonlySet<unknown> = new Set([PARENT, CONTRIBUTOR, FAILED_CHECK, DRILL]);

/** Whether nothing brings the event again, as of RDS, or in a form that is not known. */
export function comesOnce(event: unknown): boolean {
  return !toldAgain.has(fieldsOf(event)['detail-type']);
}
