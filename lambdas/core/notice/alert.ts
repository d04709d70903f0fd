import { isSymptomGone, type Reason, reasons } from '../reasons.ts';
import { cut } from './cut.ts';
import type { Notice } from './notice.ts';

/** PagerDuty's limit of a key is 255. */
const LONGEST_KEY = 250;

/** Opsgenie's limit of a message. */
const LONGEST_SUMMARY = 130;

/** The end of a key that is too long, which names its target. There is room for the beginning, which names pipeline, place and policy. */
const KEPT_END = 120;

export type Alert = NonNullable<Notice['alert']>;

/**
 * What incident tools open, keep open or close by a notice; undefined for one that changes nothing of it. A hand-off ends its incident,
 * and what recovers later on the same target is another one: so the key names policy and target, and never an incident that has both. It
 * names account and Region, since one tool may hear pipelines of many places.
 *
 * @param symptomGone The symptom is known to be gone, whatever the reason says. @default - as the reason says
 */
export function alertOf(notice: Omit<Notice, 'alert'>, symptomGone = false): Alert | undefined {
  // A drill is about no fault, and must neither open nor close what a real one has opened.
  const state = notice.drill ? undefined : stateOf(notice, symptomGone);
  if (state === undefined) return undefined;
  return { key: keyOf(notice), state, summary: cut(notice.title, LONGEST_SUMMARY) };
}

function stateOf({ stage, severity, reason }: Omit<Notice, 'alert'>, symptomGone: boolean): Alert['state'] | undefined {
  if (stage === 'recovered' || stage === 'given-back' || reason === 'pause-ended') return 'closed';
  if (stage === 'not-healed' && (symptomGone || (isReason(reason) && isSymptomGone(reason)))) return 'closed';
  return severity === 'info' ? undefined : 'open';
}

function isReason(reason: string | undefined): reason is Reason {
  return reason !== undefined && Object.hasOwn(reasons, reason);
}

/** Of letters that may stand in an address, since some tools take the key in one. */
function keyOf({ pipeline, account, region, policy, target, stage, thread }: Omit<Notice, 'alert'>): string {
  const about = policy && target ? [policy.name, target.kind, target.id] : [stage === 'pause' ? stage : thread];
  const isOfWhatWasAdded = stage === 'given-back' || stage === 'not-given-back';
  const key = [pipeline, account.id, region, ...about, ...(isOfWhatWasAdded ? ['added'] : [])].join(':').replaceAll(/[^\w.:-]/g, '_');
  return key.length <= LONGEST_KEY ? key : `${key.slice(0, LONGEST_KEY - KEPT_END)}${key.slice(-KEPT_END)}`;
}
