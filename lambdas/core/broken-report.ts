import type { BrokenWorkflow } from './broken-workflow.ts';
import { iso } from './duration.ts';
import { fieldsOf } from './fields.ts';
import { outsideText } from './outside-text.ts';
import { reasons } from './reasons.ts';
import { type Message, subject } from './report.ts';

/** What went wrong is AWS's or another version's text. */
const LONGEST_TEXT = 1_000;

/** Tells people of an incident whose end could not be carried out, or of which this version can read too little to end it. */
export function brokenReport({ incidentId, brokenAt, how }: BrokenWorkflow, state: unknown, why: string): Message {
  const { policy, target } = named(state);
  const reason = 'unexpected-error';
  const body = [
    'An incident of the self-healing pipeline could not be ended: handed off to you.',
    '',
    `SEEN       its workflow ${how} at ${iso(brokenAt)}`,
    `           policy ${policy}, target ${target}`,
    'DONE       not known: the history has what was done',
    `WHY        ${reasons[reason].means}`,
    `           ${outsideText(why, LONGEST_TEXT)}`,
    `DO NOW     ${reasons[reason].doNow}`,
    '',
    `Policy ${policy}, reason ${reason}, incident ${incidentId}`,
  ].join('\n');
  return {
    subject: subject(`[self-healing] NEEDS YOU: an incident of policy ${policy} could not be ended`),
    body,
    attributes: { policy, outcome: 'handed-off', reason },
  };
}

/** As far as the state says it in any form. */
function named(state: unknown): { readonly policy: string; readonly target: string } {
  const { policy, target } = fieldsOf(fieldsOf(state).incident);
  const words = (value: unknown) => outsideText(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'not known'), LONGEST_TEXT);
  return { policy: words(policy), target: words(target) };
}
