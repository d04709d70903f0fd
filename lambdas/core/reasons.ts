import { after, type Duration, type Instant } from './duration.ts';

// Longer than 250 lines: one closed list, with what each reason means and what to do, in one place.

/** How an incident ended. There is no fourth way. */
export type Outcome = 'recovered' | 'handed-off' | 'skipped';

interface ReasonText {
  readonly outcome: Outcome;
  /** Whether people are told by the notification topic. The history has every outcome, told or not. */
  readonly tell: boolean;
  /** Another incident's message speaks for this one, so that a person gets one and not a thousand. */
  readonly toldByLead?: boolean;
  /** The symptom is known to be gone, or not to have been there. @default - it may still be there, and a silent end must name its witness */
  readonly symptomGone?: true;
  /** What happened, for a person who was asleep a minute ago. */
  readonly means: string;
  /** What that person should do now. */
  readonly doNow: string;
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
}

/**
 * The closed list of reasons an incident can end with. The reference, the metrics and the
 * tests are keyed by it.
 */
export const reasons = {
  healed: {
    outcome: 'recovered',
    tell: true,
    means: 'The symptom is gone after a remedy and stayed gone for the probation time.',
    doNow: 'Nothing now. Look for the cause in working hours: a symptom that comes back has one.',
    symptomGone: true,
  },
  'recovered-by-itself': {
    outcome: 'recovered',
    tell: true,
    means: 'The symptom went away before anything was changed, and stayed away for the probation time.',
    doNow: 'Nothing. If this is frequent, the threshold may be too tight.',
    symptomGone: true,
  },
  'duplicate-delivery': {
    outcome: 'skipped',
    tell: false,
    means: 'The same event was delivered again; the first delivery is being worked on or was already.',
    doNow: 'Nothing. AWS delivers events at least once.',
    line: 'rejected',
  },
  'already-open': {
    outcome: 'skipped',
    tell: false,
    means: 'Another incident of the same policy on the same target is still open; this alarm belongs to it.',
    doNow: 'Nothing. Follow the open incident.',
    mayPass: true,
  },
  'late-event': {
    outcome: 'skipped',
    tell: true,
    means: 'The event is older than the policy accepts; acting on old news could repair what is no longer broken.',
    doNow: 'Look at the alarm. If it is still in ALARM, the target needs a person.',
    line: 'rejected',
  },
  'future-event': {
    outcome: 'skipped',
    tell: true,
    means: 'The event says that the alarm changed at a time that has not come yet, so it is not believed.',
    doNow: 'Look at the alarm, and find out who sends such events to the bus.',
    line: 'rejected',
  },
  unconfirmed: {
    outcome: 'skipped',
    tell: false,
    means:
      'The event came from the sweep’s source, but CloudWatch or EC2 does not find it so: not in ALARM, since another time, or of another target.',
    doNow: 'Nothing, if the alarm went away just then. If there are many, find out who sends such events to the bus.',
    line: 'rejected',
    symptomGone: true,
  },
  'unknown-event': {
    outcome: 'skipped',
    tell: true,
    means: 'The event has a shape this version does not know, so nothing was done with it.',
    doNow: 'Compare the recorded event with the AWS documentation and update the pipeline.',
    line: 'rejected',
  },
  'unknown-policy': {
    outcome: 'skipped',
    tell: true,
    means: 'A rule brought a policy that was not deployed with this pipeline, or not as it is, so nothing was done under it.',
    doNow: 'Find out who made or changed a rule whose name begins like those of the pipeline. If it was a deployment, deploy again.',
    line: 'rejected',
  },
  'policy-in-deployment': {
    outcome: 'skipped',
    tell: false,
    means: 'The policy was just deployed anew, and the rule still brought the one before.',
    doNow: 'Nothing. The sweep brings the alarm again when the rule is deployed, too.',
    line: 'rejected',
    mayPass: true,
  },
  'contributors-decide': {
    outcome: 'skipped',
    tell: false,
    means: 'The fleet alarm as a whole changed; each instance has an event of its own, and only that one names a target.',
    doNow: 'Nothing. Follow the incidents of the instances.',
    line: 'rejected',
  },
  'invalid-target': {
    outcome: 'skipped',
    tell: true,
    means: 'The event names a target in a form that AWS does not use. It was recorded and not passed on.',
    doNow: 'Find out who sends such events to the bus.',
    line: 'rejected',
  },
  'no-target': {
    outcome: 'skipped',
    tell: true,
    means: 'No target could be found for the alarm. An empty set is never read as "all".',
    doNow: 'Look at the alarm and at the members of the fleet or target group.',
    line: 'either',
    mayPass: true,
  },
  muted: {
    outcome: 'skipped',
    tell: false,
    means: 'The alarm is muted by a mute rule, or its actions are disabled, so its symptom is left alone.',
    doNow: 'Nothing, if that is meant.',
    line: 'either',
    mayPass: true,
    takenBack: true,
  },
  suppressed: {
    outcome: 'skipped',
    tell: false,
    means: "The composite alarm's actions are suppressed, so its symptom is left alone.",
    doNow: 'Nothing, if the suppressor is meant.',
    line: 'rejected',
  },
  paused: {
    outcome: 'skipped',
    tell: true,
    means: 'The pipeline is paused by its pause switch.',
    doNow: 'Handle the symptom by hand, or end the pause.',
    mayPass: true,
    takenBack: true,
  },
  excluded: {
    outcome: 'skipped',
    tell: true,
    means: 'The target carries the tag that excludes it from healing.',
    doNow: 'Handle the symptom by hand, or remove the tag.',
    mayPass: true,
    takenBack: true,
  },
  'put-aside': {
    outcome: 'skipped',
    tell: true,
    means: 'Its Auto Scaling group does not have the instance in service: somebody put it in Standby, or it is still being set up.',
    doNow: 'Handle the symptom by hand, or put the instance back in service.',
    mayPass: true,
    takenBack: true,
  },
  'not-in-fleet': {
    outcome: 'skipped',
    tell: false,
    means: 'The target is not a member of the fleet that the policy protects.',
    doNow: 'Nothing, or tag the instance if it should be protected.',
    mayPass: true,
    takenBack: true,
  },
  'target-gone': {
    outcome: 'skipped',
    tell: true,
    means: 'The target does not exist any more or is being terminated or stopped.',
    doNow: 'Nothing, if it was removed on purpose.',
  },
  'already-recovered': {
    outcome: 'skipped',
    tell: false,
    means: 'The symptom was gone before anything was done.',
    doNow: 'Nothing.',
    mayPass: true,
    symptomGone: true,
  },
  'symptom-unknown': {
    outcome: 'handed-off',
    tell: true,
    means: 'Whether the symptom is still there could not be seen (no data, or the alarm cannot be read). Not seeing is no reason to act.',
    doNow: 'Look at the target: it may be down, or its metrics agent may be.',
    mayPass: true,
  },
  'observer-at-fault': {
    outcome: 'handed-off',
    tell: true,
    means:
      'What watches the target does not get to it or is turned away, and nothing else says that the target is ill. A healthy target is not restarted for that.',
    doNow: 'Mend what the message names; until then nobody sees whether the target is well.',
    mayPass: true,
  },
  'fleet-too-large': {
    outcome: 'handed-off',
    tell: true,
    means: 'The fleet, or the set of targets found, is larger than expected, as after a tag on everything. Nothing of it is acted on.',
    doNow: 'Look who belongs to the fleet: correct the tag, or raise `largestFleet`.',
    line: 'either',
    mayPass: true,
  },
  'too-few-ill': {
    outcome: 'skipped',
    tell: false,
    means: 'Fewer members of the fleet have the symptom than the policy acts on, for all of the time that it is willing to wait.',
    doNow: 'Nothing, if so few are normal there. Else lower `atLeastIll`.',
    mayPass: true,
  },
  'second-opinion': {
    outcome: 'handed-off',
    tell: true,
    means:
      'A second source did not find the target ill, for all of the time that the policy is willing to wait, so that nothing costly was done.',
    doNow: 'Look at the target and at both sources: one of them is wrong.',
    mayPass: true,
  },
  'protected-window': {
    outcome: 'handed-off',
    tell: true,
    means: 'It is a time in which nothing may be changed, and its end is further away than the policy is willing to wait.',
    doNow: 'Decide whether the target can wait for the end of the window; if not, repair it by hand.',
    mayPass: true,
  },
  'change-calendar': {
    outcome: 'handed-off',
    tell: true,
    means: 'A change calendar is closed, or could not be read, for longer than the policy is willing to wait.',
    doNow: 'Decide by the rules of the change freeze whether to repair it by hand.',
    mayPass: true,
  },
  'provider-event': {
    outcome: 'handed-off',
    tell: true,
    means: 'AWS itself reported a problem that concerns the target for all of the time the policy is willing to wait.',
    doNow: 'Follow the event in the AWS Health Dashboard; move the load elsewhere if it cannot wait.',
    mayPass: true,
  },
  'deployment-in-progress': {
    outcome: 'handed-off',
    tell: true,
    means: 'A deployment or an instance refresh was under way on the target for all of the time the policy is willing to wait.',
    doNow: 'Look whether the deployment is the cause, or hangs: roll it back or finish it.',
    mayPass: true,
  },
  'attempts-used-up': {
    outcome: 'handed-off',
    tell: true,
    means: 'The target already had as many attempts as the policy allows in the period.',
    doNow: 'Find the cause: the repairs do not last.',
  },
  cooldown: {
    outcome: 'handed-off',
    tell: true,
    means: 'The target was acted on a short time ago, and the cooldown outlasts the time the policy is willing to wait.',
    doNow: 'Look at the target, or shorten the cooldown.',
    mayPass: true,
  },
  'target-busy': {
    outcome: 'handed-off',
    tell: true,
    means: 'Another incident holds the target for longer than the policy is willing to wait.',
    doNow: 'Follow the other incident; then look at the target.',
    mayPass: true,
  },
  'other-pipeline': {
    outcome: 'handed-off',
    tell: true,
    means: 'Another pipeline of this account and Region protects the target, too; of several only the one acts whose name comes first.',
    doNow: 'Look at what the named pipeline did, and take the target out of one of the two.',
    mayPass: true,
  },
  flapping: {
    outcome: 'handed-off',
    tell: true,
    means:
      'The symptom comes and goes on this target: more incidents in a short time than the policy allows. People are told once, when it begins.',
    doNow: 'Find out why it toggles: a threshold too close to normal load, a job that comes back, or a repair that does not last.',
    mayPass: true,
  },
  'still-flapping': {
    outcome: 'skipped',
    tell: false,
    means: 'The symptom still comes and goes on this target; people were told of that within the last day.',
    doNow: 'Follow the incident that ended as flapping.',
    mayPass: true,
  },
  'breaker-open': {
    outcome: 'handed-off',
    tell: true,
    means: 'The circuit breaker of the policy is open: its last repairs failed one after the other, or a person holds it.',
    doNow: 'Handle the symptom by hand and find out why the repairs failed; the breaker lets one incident try again by itself.',
    mayPass: true,
  },
  'healthy-floor': {
    outcome: 'handed-off',
    tell: true,
    means: 'Too few other members of the fleet were healthy to do without this one while it is repaired.',
    doNow: 'Look at the fleet as a whole: several members are unhealthy or in repair at once.',
    mayPass: true,
  },
  'budget-used-up': {
    outcome: 'handed-off',
    tell: true,
    means: 'The whole pipeline acted as often as it may in the period, which is unusual.',
    doNow: 'Look at what it did (history, kind "acted"): a fault that is everywhere, or a policy that is wrong.',
    mayPass: true,
  },
  'blast-radius': {
    outcome: 'handed-off',
    tell: true,
    means: 'As many members of the fleet as allowed were already being worked on for all of the time the policy is willing to wait.',
    doNow: 'Many members show the symptom at once: look for a common cause (a deployment, a dependency, the network).',
    mayPass: true,
  },
  storm: {
    outcome: 'handed-off',
    tell: true,
    means: 'So many members of the fleet have the same symptom at once that repairing them one by one could make it worse.',
    doNow: 'Look for what they share: a deployment, a dependency, the network, a zone. The diagnosis has what could be read.',
  },
  'part-of-storm': {
    outcome: 'skipped',
    tell: false,
    toldByLead: true,
    means: 'The same symptom is on many members of the fleet at once; one incident, the lead, speaks for all of them in one message.',
    doNow: 'Follow the message with the reason `storm`. Members that still have the symptom when the storm is over need you, too.',
  },
  'act-not-taken': {
    outcome: 'handed-off',
    tell: true,
    means:
      'AWS did not take the act, or something held it back at the last moment, for as long as the policy is willing to wait. Nothing was done.',
    doNow:
      'Handle the symptom by hand. Where it was throttled, look for what else calls AWS in this account; where it was denied, mend the rights.',
    mayPass: true,
  },
  'ladder-exhausted': {
    outcome: 'handed-off',
    tell: true,
    means: 'Every remedy of the ladder was tried and the symptom is still there.',
    doNow: 'Repair the target by hand: no remedy of the ladder helped. What was tried, and what it said, is told with the incident.',
  },
  'unsafe-to-act': {
    outcome: 'handed-off',
    tell: true,
    means: 'The remedy looked at the target and refused, because acting could make it worse.',
    doNow: 'Read the reason below and decide by hand.',
  },
  shadow: {
    outcome: 'skipped',
    tell: true,
    means: 'The policy is in shadow mode: it records what it would have done and does nothing.',
    doNow:
      'Handle the symptom by hand: in shadow mode nothing is done. When the records have convinced you, deploy the policy in another mode.',
  },
  drill: {
    outcome: 'skipped',
    tell: true,
    means:
      'It was a drill, and the way was walked to its end: event, rule, guardrails, each remedy of the ladder, and this notice. Nothing was done.',
    doNow: 'Nothing. That this notice came is part of what was tried.',
    symptomGone: true,
  },
  'drill-refused': {
    outcome: 'skipped',
    tell: false,
    means:
      'A drill was not held: a real incident of the policy is open on the target, another drill of the policy is under way, it had one for real within the hour, drills for real are not deployed, or the policy has nothing that one could fill.',
    doNow: 'Hold it as it says: later, otherwise, or without --for-real.',
    line: 'rejected',
  },
  'approval-denied': {
    outcome: 'handed-off',
    tell: true,
    means: 'The policy asks before it acts, and a person said no.',
    doNow: 'Handle the symptom by hand.',
  },
  'approval-unanswered': {
    outcome: 'handed-off',
    tell: true,
    means: 'The policy asks before it acts, and not enough people said yes in time. Silence means no.',
    doNow: 'Look at the target. If questions go unanswered often, give more time or another mode.',
  },
  'unexpected-error': {
    outcome: 'handed-off',
    tell: true,
    means: 'Something unexpected happened in the pipeline itself.',
    doNow: 'Look at the target first, then at the execution in Step Functions; the pipeline may need a repair.',
  },
} as const satisfies Record<string, ReasonText>;

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
 * who was told of it. What was changed and then skipped is told in any case, unless another message lists what was changed.
 */
export function isTold({ outcome, reason, witness }: End): boolean {
  const { tell, toldByLead, symptomGone }: ReasonText = reasons[reason];
  if (outcome === 'handed-off' && !tell && !toldByLead) return true;
  return witness === undefined && (tell || !symptomGone);
}

/** What lasts is said again after this time. Prevents that a fault is forgotten that people were told of once. */
export const SAID_AGAIN_AFTER: Duration = { days: 1 };

/** Whether people were told so lately that they need not be told again of what has not changed. */
export function isFresh(toldAt: Instant, now: Instant): boolean {
  return now < after(toldAt, SAID_AGAIN_AFTER);
}

/** Whether the circumstances that ended an incident may have lifted by themselves. */
export function mayPass(reason: Reason): boolean {
  const text: ReasonText = reasons[reason];
  return text.mayPass === true;
}

/** Whether the reason says that the symptom was gone. */
export function isSymptomGone(reason: Reason): boolean {
  const text: ReasonText = reasons[reason];
  return text.symptomGone === true;
}

/** Whether a person brought the reason about who also takes it back. */
export function isTakenBack(reason: Reason): boolean {
  const text: ReasonText = reasons[reason];
  return text.takenBack === true;
}
