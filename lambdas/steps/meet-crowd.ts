import { type Decision, decide } from '../core/decide.ts';
import { after, type Instant } from '../core/duration.ts';
import { Defect } from '../core/failure.ts';
import type { Crowd, Snapshot, TargetFacts } from '../core/guardrails/guardrail.ts';
import { incidentLine } from '../core/history-line.ts';
import type { History, Storms } from '../core/ports.ts';
import {
  afterSilent,
  beginOf,
  crowdOf,
  declared,
  firstArrivals,
  inForce,
  isLookDue,
  lookedAt,
  ofStorm,
  type Sightings,
  sightedAround,
  spanOf,
  stormThreshold,
  together,
} from '../core/storm.ts';
import type { SymptomReading } from '../core/verification.ts';
import type { WorkflowState } from '../core/workflow-state.ts';

/** What an incident finds of the others, before anything of AWS is asked. */
export interface Meeting extends Sightings {
  readonly crowd: string;
}

/**
 * Notes the incident's arrival and reads that of the others, from the incident table alone. The lead of a storm reads all
 * of them. Undefined for a target that is its own group.
 */
export async function meetCrowd({ incident, policy, next }: WorkflowState, storms: Storms, now: Instant): Promise<Meeting | undefined> {
  const crowd = crowdOf(incident, policy);
  if (crowd === undefined) return undefined;
  const { commonCause } = policy.guardrails;
  if (next === undefined) await storms.arrive(crowd, { incident: incident.id, target: incident.target, at: incident.openedAt }, now);
  const { from, to } = sightedAround(incident, commonCause);
  const sightings = await storms.sight(crowd, { from, ...(to < now && { to }) });
  const { storm } = sightings;
  const leads = storm?.lead === incident.id;
  if (!storm || !(leads || (inForce(storm, now) && isLookDue(storm, incident, commonCause)))) return { crowd, ...sightings };
  const arrivals = await storms.arrivals(crowd, beginOf(storm, commonCause));
  if (leads) return { crowd, storm, arrivals: ofStorm(storm, arrivals, commonCause) };
  const looked = lookedAt(storm, arrivals, incident, policy, now);
  const debt = looked.lead === incident.id ? { incident, policy } : undefined;
  return { crowd, arrivals, storm: await storms.put(crowd, looked, storm, debt) };
}

/** What the guardrails must know of the crowd. Only members count: an alarm may see instances that are none. */
export function crowdIn(
  { arrivals, storm }: Meeting,
  { members = [] }: TargetFacts,
  { inAlarm = [] }: SymptomReading,
  { incident, policy }: Pick<WorkflowState, 'incident' | 'policy'>,
): Crowd {
  const ids = new Set(members);
  const own = arrivals.filter(({ target }) => target.kind === 'instance' && ids.has(target.id));
  const here = storm?.lead === incident.id ? firstArrivals(own) : together(own, incident, policy.guardrails.commonCause);
  const span = spanOf(here);
  return {
    recent: here.length,
    inAlarm: new Set(inAlarm.filter((id) => ids.has(id))).size,
    ...(span && { span }),
    ...(storm && { storm }),
  };
}

/** Declares a storm, or finds that another incident was faster, and decides again, knowing who leads it. */
export async function declareStorm(
  { incident, policy }: WorkflowState,
  why: string,
  meeting: Meeting | undefined,
  snapshot: Snapshot,
  { history, storms }: { readonly history: History; readonly storms: Storms },
  now: Instant,
): Promise<Exclude<Decision, { kind: 'declare' }>> {
  if (!meeting || !snapshot.crowd) throw new Defect('a storm was declared without a crowd', undefined);
  const { recent, span } = snapshot.crowd;
  const cameTogether = recent >= stormThreshold(policy.guardrails.commonCause, snapshot.facts.groupSize);
  const own = afterSilent(meeting.storm, declared(incident, policy, now, cameTogether ? span : undefined));
  const storm = await storms.put(meeting.crowd, own, meeting.storm, { incident, policy });
  const text = storm.lead === incident.id ? `declares a storm and leads it: ${why}` : `incident ${storm.lead} declared a storm first`;
  await history.write(incidentLine('decision', incident, text, now, { storm }));
  const decision = decide({ incident, policy, snapshot: { ...snapshot, crowd: { ...snapshot.crowd, storm } }, now });
  // Whoever leads speaks for all, which takes until it has gathered, however short the policy's own patience is.
  if (decision.kind === 'end' && storm.lead === incident.id && now < storm.speaksAt)
    return { kind: 'wait', until: storm.speaksAt, reason: 'common-cause', why: decision.end.why };
  if (decision.kind === 'wait' || decision.kind === 'end' || decision.kind === 'verify') return decision;
  return {
    kind: 'wait',
    until: after(now, policy.guardrails.lookEvery),
    reason: 'common-cause',
    why: 'the storm changed meanwhile; look again',
  };
}
