import type { Reason } from './reasons.ts';

interface ReasonWords {
  /** What happened, for a person who was asleep a minute ago. */
  readonly means: string;
  /** What that person should do now. */
  readonly doNow: string;
}

/** What each reason means. Apart from the list of reasons, since most functions end an incident and leave the telling to others. */
export const reasonWords: Readonly<Record<Reason, ReasonWords>> = {
  healed: {
    means: 'The symptom is gone after a remedy and stayed gone for the probation time.',
    doNow: 'Nothing now. Look for the cause in working hours: a symptom that comes back has one.',
  },
  'recovered-by-itself': {
    means: 'The symptom went away before anything was changed, and stayed away for the probation time.',
    doNow: 'Nothing. If this is frequent, the threshold may be too tight.',
  },
  'duplicate-delivery': {
    means: 'The same event was delivered again; the first delivery is being worked on or was already.',
    doNow: 'Nothing. AWS delivers events at least once.',
  },
  'already-open': {
    means: 'Another incident of the same policy on the same target is still open; this alarm belongs to it.',
    doNow: 'Nothing. Follow the open incident.',
  },
  'late-event': {
    means: 'The event is older than the policy accepts; acting on old news could repair what is no longer broken.',
    doNow: 'Look at the alarm. If it is still in ALARM, the target needs a person.',
  },
  'future-event': {
    means: 'The event says that the alarm changed at a time that has not come yet, so it is not believed.',
    doNow: 'Look at the alarm, and find out who sends such events to the bus.',
  },
  unconfirmed: {
    means:
      'The event came from the sweep’s source, but CloudWatch or EC2 does not find it so: not in ALARM, since another time, or of another target.',
    doNow: 'Nothing, if the alarm went away just then. If there are many, find out who sends such events to the bus.',
  },
  'unknown-event': {
    means: 'The event has a shape this version does not know, so nothing was done with it.',
    doNow: 'Compare the recorded event with the AWS documentation and update the pipeline.',
  },
  'unknown-policy': {
    means: 'A rule brought a policy that was not deployed with this pipeline, or not as it is, so nothing was done under it.',
    doNow: 'Find out who made or changed a rule whose name begins like those of the pipeline. If it was a deployment, deploy again.',
  },
  'policy-in-deployment': {
    means: 'The policy was just deployed anew, and the rule still brought the one before.',
    doNow:
      'Nothing for an alarm: the sweep brings it again when the rule is deployed, too. An event of RDS comes once: look at its database.',
  },
  'contributors-decide': {
    means: 'The fleet alarm as a whole changed; each instance has an event of its own, and only that one names a target.',
    doNow: 'Nothing. Follow the incidents of the instances.',
  },
  'invalid-target': {
    means: 'The event names a target in a form that AWS does not use. It was recorded and not passed on.',
    doNow: 'Find out who sends such events to the bus.',
  },
  'no-target': {
    means: 'No target could be found for the alarm. An empty set is never read as "all".',
    doNow: 'Look at the alarm and at the members of the fleet or target group.',
  },
  muted: {
    means: 'The alarm is muted by a mute rule, or its actions are disabled or suppressed, so its symptom is left alone.',
    doNow: 'Nothing, if that is meant.',
  },
  suppressed: {
    means: "The composite alarm's actions are suppressed, so its symptom is left alone.",
    doNow: 'Nothing, if the suppressor is meant.',
  },
  paused: {
    means: 'The pipeline is paused by its pause switch.',
    doNow: 'Handle the symptom by hand, or end the pause.',
  },
  'policy-changed': {
    means:
      'The policy was deployed anew, or taken away, before its next act. What is deployed now may not want that act, so it is left out; the sweep takes a standing alarm up under the new policy.',
    doNow:
      'Nothing for an alarm that the new policy is to take care of. Handle the symptom by hand if the policy was taken away. An event of RDS comes once: look at its database.',
  },
  excluded: {
    means: 'The target carries the tag that excludes it from healing.',
    doNow: 'Handle the symptom by hand, or remove the tag.',
  },
  'put-aside': {
    means: 'Its Auto Scaling group does not have the instance in service: somebody put it in Standby, or it is still being set up.',
    doNow: 'Handle the symptom by hand, or put the instance back in service.',
  },
  'not-in-fleet': {
    means: 'The target is not a member of the fleet that the policy protects.',
    doNow: 'Nothing, or tag the instance if it should be protected.',
  },
  'target-gone': {
    means: 'The target does not exist any more or is being terminated or stopped.',
    doNow: 'Nothing, if it was removed on purpose.',
  },
  'already-recovered': {
    means: 'The symptom was gone before anything was done.',
    doNow: 'Nothing.',
  },
  'symptom-unknown': {
    means: 'Whether the symptom is still there could not be seen (no data, or the alarm cannot be read). Not seeing is no reason to act.',
    doNow: 'Look at the target: it may be down, or its metrics agent may be.',
  },
  'observer-at-fault': {
    means:
      'What watches the target does not get to it or is turned away, and nothing else says that the target is ill. A healthy target is not restarted for that.',
    doNow: 'Mend what the message names; until then nobody sees whether the target is well.',
  },
  'fleet-too-large': {
    means: 'The fleet, or the set of targets found, is larger than expected, as after a tag on everything. Nothing of it is acted on.',
    doNow: 'Look who belongs to the fleet: correct the tag, or raise `largestFleet`.',
  },
  'too-few-ill': {
    means: 'Fewer members of the fleet have the symptom than the policy acts on, for all of the time that it is willing to wait.',
    doNow: 'Nothing, if so few are normal there. Else lower `atLeastIll`.',
  },
  'second-opinion': {
    means:
      'A second source did not find the target ill, for all of the time that the policy is willing to wait, so that nothing costly was done.',
    doNow: 'Look at the target and at both sources: one of them is wrong.',
  },
  'protected-window': {
    means: 'It is a time in which nothing may be changed, and its end is further away than the policy is willing to wait.',
    doNow: 'Decide whether the target can wait for the end of the window; if not, repair it by hand.',
  },
  'change-calendar': {
    means: 'A change calendar is closed, or could not be read, for longer than the policy is willing to wait.',
    doNow: 'Decide by the rules of the change freeze whether to repair it by hand.',
  },
  'provider-event': {
    means: 'AWS itself reported a problem that concerns the target for all of the time the policy is willing to wait.',
    doNow: 'Follow the event in the AWS Health Dashboard; move the load elsewhere if it cannot wait.',
  },
  'deployment-in-progress': {
    means: 'A deployment or an instance refresh was under way on the target for all of the time the policy is willing to wait.',
    doNow: 'Look whether the deployment is the cause, or hangs: roll it back or finish it.',
  },
  'attempts-used-up': {
    means: 'The target already had as many attempts as the policy allows in the period.',
    doNow: 'Find the cause: the repairs do not last.',
  },
  cooldown: {
    means: 'The target was acted on a short time ago, and the cooldown outlasts the time the policy is willing to wait.',
    doNow: 'Look at the target, or shorten the cooldown.',
  },
  'target-busy': {
    means: 'Another incident holds the target for longer than the policy is willing to wait.',
    doNow: 'Follow the other incident; then look at the target.',
  },
  'other-pipeline': {
    means: 'Another pipeline of this account and Region protects the target, too; of several only the one acts whose name comes first.',
    doNow: 'Look at what the named pipeline did, and take the target out of one of the two.',
  },
  flapping: {
    means:
      'The symptom comes and goes on this target: more incidents in a short time than the policy allows, of which people are told once, when it begins; or it did so after a remedy, in one incident.',
    doNow: 'Find out why it toggles: a threshold too close to normal load, a job that comes back, or a repair that does not last.',
  },
  'still-flapping': {
    means: 'The symptom still comes and goes on this target; people were told of that within the last day.',
    doNow: 'Follow the incident that ended as flapping.',
  },
  'breaker-open': {
    means: 'The circuit breaker of the policy is open: its last repairs failed one after the other, or a person holds it.',
    doNow: 'Handle the symptom by hand and find out why the repairs failed; the breaker lets one incident try again by itself.',
  },
  'healthy-floor': {
    means: 'Too few other members of the fleet were healthy to do without this one while it is repaired.',
    doNow: 'Look at the fleet as a whole: several members are unhealthy or in repair at once.',
  },
  'budget-used-up': {
    means: 'The whole pipeline acted as often as it may in the period, which is unusual.',
    doNow: 'Look at what it did (history, kind "acted"): a fault that is everywhere, or a policy that is wrong.',
  },
  'blast-radius': {
    means: 'As many members of the fleet as allowed were already being worked on for all of the time the policy is willing to wait.',
    doNow: 'Many members show the symptom at once: look for a common cause (a deployment, a dependency, the network).',
  },
  storm: {
    means: 'So many members of the fleet have the same symptom at once that repairing them one by one could make it worse.',
    doNow: 'Look for what they share: a deployment, a dependency, the network, a zone. The diagnosis has what could be read.',
  },
  'part-of-storm': {
    means: 'The same symptom is on many members of the fleet at once; one incident, the lead, speaks for all of them in one message.',
    doNow:
      'Follow the message with the reason `storm`. Members that still have the symptom when the storm is over need you, too; those that came after the message are taken up then.',
  },
  'act-not-taken': {
    means:
      'AWS did not take the act, or something held it back at the last moment, for as long as the policy is willing to wait. Nothing was done.',
    doNow:
      'Handle the symptom by hand. Where it was throttled, look for what else calls AWS in this account; where it was denied, mend the rights.',
  },
  'ladder-exhausted': {
    means: 'Every remedy of the ladder was tried and the symptom is still there.',
    doNow: 'Repair the target by hand: no remedy of the ladder helped. What was tried, and what it said, is told with the incident.',
  },
  'unsafe-to-act': {
    means:
      'The remedy looked at the target and refused, because acting could make it worse; or somebody stopped it in Systems Manager, or said no to it there, so that nothing else was done.',
    doNow: 'Read the reason below and decide by hand.',
  },
  shadow: {
    means: 'The policy is in shadow mode: it records what it would have done and does nothing.',
    doNow:
      'Handle the symptom by hand: in shadow mode nothing is done. When the records have convinced you, deploy the policy in another mode.',
  },
  drill: {
    means:
      'It was a drill, and the way was walked to its end: event, rule, guardrails, each remedy of the ladder, and this notice. Nothing was done.',
    doNow: 'Nothing. That this notice came is part of what was tried.',
  },
  'drill-refused': {
    means:
      'A drill was not held: a real incident of the policy is open on the target, another drill of the policy is under way, it had one for real within the hour, the target is in another one for real, drills for real are not deployed, or the policy has nothing that one could fill, or neither watches nor restarts the service.',
    doNow: 'Hold it as it says: later, otherwise, or without --for-real.',
  },
  'approval-denied': {
    means: 'The policy asks before it acts, and a person said no.',
    doNow: 'Handle the symptom by hand.',
  },
  'approval-unanswered': {
    means: 'The policy asks before it acts, and not enough people said yes in time. Silence means no.',
    doNow: 'Look at the target. If questions go unanswered often, give more time or another mode.',
  },
  'unexpected-error': {
    means: 'Something unexpected happened in the pipeline itself.',
    doNow: 'Look at the target first, then at the execution in Step Functions; the pipeline may need a repair.',
  },
};
