import { stormToDeclare } from '../core/decide-storm.ts';
import type { Instant } from '../core/duration.ts';
import { Defect } from '../core/failure.ts';
import type { Crowd, Question, TargetFacts } from '../core/guardrails/guardrail.ts';
import { incidentLine } from '../core/history-line.ts';
import type { History, Storms } from '../core/ports.ts';
import {
  beginOf,
  crowdOf,
  firstArrivals,
  inForce,
  isLookDue,
  lookedAt,
  ofStorm,
  type Sightings,
  type Storm,
  sightedAround,
  spanOf,
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

/** Declares a storm, or finds that another incident was faster; answers the one that there is then. */
export async function declareStorm(
  question: Question,
  why: string,
  meeting: Meeting | undefined,
  { history, storms }: { readonly history: History; readonly storms: Storms },
): Promise<Storm> {
  const { incident, policy, now } = question;
  if (!meeting) throw new Defect('a storm was declared without a crowd', undefined);
  const storm = await storms.put(meeting.crowd, stormToDeclare(question, meeting.storm), meeting.storm, { incident, policy });
  const text = storm.lead === incident.id ? `declares a storm and leads it: ${why}` : `incident ${storm.lead} declared a storm first`;
  await history.write(incidentLine('decision', incident, text, now, { storm }));
  return storm;
}
