import { definedFields } from '../fields.ts';
import type { Notice, Stage } from './notice.ts';

/** What earlier versions called the outcome and the reason of notices that are about no end; filters may go by them. */
const formerly: Readonly<Partial<Record<Stage, { readonly outcome: string; readonly reason?: string }>>> = {
  question: { outcome: 'waiting', reason: 'approval' },
  'not-given-back': { outcome: 'not-given-back' },
  pause: { outcome: 'pause' },
};

/** Earlier versions published what quiet hours keep back, too, as `yes`; filters may go by it. */
const quiet = 'no';

/**
 * The attributes of a mailed notice's message, by which subscriptions can filter; what a notice does not have is left out. There is
 * always at least one: without any, no filter would match.
 */
export function attributesOf({ policy, outcome, reason, stage, severity }: Notice): Readonly<Record<string, string>> {
  return definedFields({ policy: policy?.name, outcome, reason, ...formerly[stage], stage, severity, quiet });
}
