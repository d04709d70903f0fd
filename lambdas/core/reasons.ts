import { after, type Duration, type Instant, milliseconds } from './duration.ts';

/** How an incident ended. There is no fourth way. */
export type Outcome = 'recovered' | 'handed-off' | 'skipped';

interface ReasonRules {
  readonly outcome: Outcome;
  /** Whether people are told by the notification topic. The history has every outcome, told or not. */
  readonly tell: boolean;
  /** Another incident's message speaks for this one, so that a person gets one and not a thousand. */
  readonly toldByLead?: boolean;
  /** The symptom is known to be gone, or not to have been there. @default - it may still be there, and a silent end must name its witness */
  readonly symptomGone?: true;
  /** The lines of the history that can have it: of an event that opened no incident, or of both. @default - an incident ended with it */
  readonly line?: 'rejected' | 'either';
  /**
   * Whether it may pass without anybody's decision. While the alarm stays in ALARM and nothing was changed, the sweep
   * opens a follow-up incident. @default - a person has it, and the sweep leaves it alone
   */
  readonly mayPass?: true;
  /**
   * A person brought it about and a person takes it back, so that the sweep opens a follow-up also after something was changed: until
   * then the target stays as the interrupted repair left it. @default - after a change a person has it
   */
  readonly takenBack?: true;
  /**
   * What the incident waits for is there already, so that the sweep opens the follow-up within minutes. @default - only where the symptom
   * was gone; else after the policy's `tryAgainAfter`
   */
  readonly retakenSoon?: true;
}

/**
 * The closed list of reasons an incident can end with. The reference, the metrics and the
 * tests are keyed by it.
 */
export const reasons = {
  healed: { outcome: 'recovered', tell: true, symptomGone: true },
  'recovered-by-itself': { outcome: 'recovered', tell: true, symptomGone: true },
  'duplicate-delivery': { outcome: 'skipped', tell: false, line: 'rejected' },
  'already-open': { outcome: 'skipped', tell: false, mayPass: true },
  'late-event': { outcome: 'skipped', tell: true, line: 'rejected' },
  'future-event': { outcome: 'skipped', tell: true, line: 'rejected' },
  unconfirmed: { outcome: 'skipped', tell: false, line: 'rejected', symptomGone: true },
  'unknown-event': { outcome: 'skipped', tell: true, line: 'rejected' },
  'unknown-policy': { outcome: 'skipped', tell: true, line: 'rejected' },
  'policy-in-deployment': { outcome: 'skipped', tell: false, line: 'rejected', mayPass: true },
  'contributors-decide': { outcome: 'skipped', tell: false, line: 'rejected' },
  'invalid-target': { outcome: 'skipped', tell: true, line: 'rejected' },
  'no-target': { outcome: 'skipped', tell: true, line: 'either', mayPass: true },
  muted: { outcome: 'skipped', tell: false, line: 'either', mayPass: true, takenBack: true },
  suppressed: { outcome: 'skipped', tell: false, line: 'rejected' },
  paused: { outcome: 'skipped', tell: true, mayPass: true, takenBack: true },
  'policy-changed': { outcome: 'skipped', tell: true, mayPass: true, takenBack: true, retakenSoon: true },
  excluded: { outcome: 'skipped', tell: true, mayPass: true, takenBack: true },
  'put-aside': { outcome: 'skipped', tell: true, mayPass: true, takenBack: true },
  'not-in-fleet': { outcome: 'skipped', tell: false, mayPass: true, takenBack: true },
  'target-gone': { outcome: 'skipped', tell: true },
  'already-recovered': { outcome: 'skipped', tell: false, mayPass: true, symptomGone: true },
  'symptom-unknown': { outcome: 'handed-off', tell: true, mayPass: true },
  'observer-at-fault': { outcome: 'handed-off', tell: true, mayPass: true },
  'fleet-too-large': { outcome: 'handed-off', tell: true, line: 'either', mayPass: true },
  'too-few-ill': { outcome: 'skipped', tell: false, mayPass: true },
  'second-opinion': { outcome: 'handed-off', tell: true, mayPass: true },
  'protected-window': { outcome: 'handed-off', tell: true, mayPass: true },
  'change-calendar': { outcome: 'handed-off', tell: true, mayPass: true },
  'provider-event': { outcome: 'handed-off', tell: true, mayPass: true },
  'deployment-in-progress': { outcome: 'handed-off', tell: true, mayPass: true },
  'attempts-used-up': { outcome: 'handed-off', tell: true },
  cooldown: { outcome: 'handed-off', tell: true, mayPass: true },
  'target-busy': { outcome: 'handed-off', tell: true, mayPass: true },
  'other-pipeline': { outcome: 'handed-off', tell: true, mayPass: true },
  flapping: { outcome: 'handed-off', tell: true, mayPass: true },
  'still-flapping': { outcome: 'skipped', tell: false, mayPass: true },
  'breaker-open': { outcome: 'handed-off', tell: true, mayPass: true },
  'healthy-floor': { outcome: 'handed-off', tell: true, mayPass: true },
  'budget-used-up': { outcome: 'handed-off', tell: true, mayPass: true },
  'blast-radius': { outcome: 'handed-off', tell: true, mayPass: true },
  storm: { outcome: 'handed-off', tell: true },
  'part-of-storm': { outcome: 'skipped', tell: false, toldByLead: true },
  'act-not-taken': { outcome: 'handed-off', tell: true, mayPass: true },
  'ladder-exhausted': { outcome: 'handed-off', tell: true },
  'unsafe-to-act': { outcome: 'handed-off', tell: true },
  shadow: { outcome: 'skipped', tell: true },
  drill: { outcome: 'skipped', tell: true, symptomGone: true },
  'drill-refused': { outcome: 'skipped', tell: false, line: 'rejected' },
  'approval-denied': { outcome: 'handed-off', tell: true },
  'approval-unanswered': { outcome: 'handed-off', tell: true },
  'unexpected-error': { outcome: 'handed-off', tell: true },
} as const satisfies Record<string, ReasonRules>;

export type Reason = keyof typeof reasons;

export const reasonNames = Object.keys(reasons) as readonly Reason[];

export function isReason(name: unknown): name is Reason {
  return typeof name === 'string' && Object.hasOwn(reasons, name);
}

/** Who was told in the place of one who ends without a word, or who keeps it silent. */
export interface Witness {
  /** `incident` and `storm` tell, or told, of the same symptom; a `person` decided that nobody is told. */
  readonly kind: 'incident' | 'storm' | 'person';
  /** Of an incident its id, of a storm its name, of a person what is known of the decision. */
  readonly id: string;
  /** When people were told. @default - they will be, by the end of what is named */
  readonly at?: Instant | undefined;
}

/** The end of an incident: its outcome, the named reason and what was seen in particular. */
export interface End {
  readonly outcome: Outcome;
  readonly reason: Reason;
  readonly why: string;
  /** Further lines for the notice and the history. */
  readonly details?: readonly string[];
  /** Of a storm, the ids of the members that have the symptom, the first ones. @default - none, as in an end of an earlier version */
  readonly members?: readonly string[];
  /** The symptom is known to be gone, whatever the reason says. @default - as the reason says */
  readonly symptomGone?: true | undefined;
  /** @default - there is none, and people are told unless the symptom is gone */
  readonly witness?: Witness | undefined;
}

/**
 * Ends an incident for a reason. After an attempt a skip becomes a hand-off: something was changed and the symptom
 * may still be there, so a person must know.
 */
export function endFor(reason: Reason, why: string, attempts: number, witness?: Witness): End {
  const { outcome } = reasons[reason];
  return { outcome: outcome === 'skipped' && attempts > 0 ? 'handed-off' : outcome, reason, why, ...(witness && { witness }) };
}

/**
 * Whether people are told about this end. Silence needs a witness: who ends without a word while the symptom may still be there names
 * who was told of it. What was changed and then skipped is told in any case, unless another message lists what was changed. What people
 * heard of before its end they hear the end of, since they wait for it and an alert may be open.
 */
export function isTold({ outcome, reason, witness }: End, wasHeardOf = false): boolean {
  if (wasHeardOf) return true;
  const { tell, toldByLead, symptomGone } = rulesOf(reason);
  if (outcome === 'handed-off' && !tell && !toldByLead) return true;
  return witness === undefined && (tell || !symptomGone);
}

/** What lasts is said again after this time. Prevents that a fault is forgotten that people were told of once. */
const SAID_AGAIN_AFTER: Duration = { days: 1 };

/** How often what lasts was due to be said again since people were told. */
export function timesSaidAgain(toldAt: Instant, now: Instant): number {
  return Math.max(0, Math.floor((now - toldAt) / milliseconds(SAID_AGAIN_AFTER)));
}

/** Whether people were told so lately that they need not be told again of what has not changed. */
export function isFresh(toldAt: Instant, now: Instant): boolean {
  return now < after(toldAt, SAID_AGAIN_AFTER);
}

/** Whether the circumstances that ended an incident may have lifted by themselves. */
export function mayPass(reason: Reason): boolean {
  return rulesOf(reason).mayPass === true;
}

/** Whether it is the end of a storm's lead, which has gathered what is known of the others. */
export function speaksForMany({ reason, details }: End): boolean {
  return reason === 'storm' && details !== undefined;
}

/** Whether the reason says that the symptom was gone. */
export function isSymptomGone(reason: Reason): boolean {
  return rulesOf(reason).symptomGone === true;
}

/** Whether a person brought the reason about who also takes it back. */
export function isTakenBack(reason: Reason): boolean {
  return rulesOf(reason).takenBack === true;
}

/** Whether a follow-up need not wait as long as the policy says: the symptom was gone and is back, or what it waited for is there. */
export function isRetakenSoon(reason: Reason): boolean {
  return isSymptomGone(reason) || rulesOf(reason).retakenSoon === true;
}

function rulesOf(reason: Reason): ReasonRules {
  return reasons[reason];
}
