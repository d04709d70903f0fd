import { stormToDeclare } from '../core/decide-storm.ts';
import type { Instant } from '../core/duration.ts';
import { Defect } from '../core/failure.ts';
import type { Question, StormWatch, TargetFacts } from '../core/guardrails/guardrail.ts';
import { incidentLine } from '../core/history-line.ts';
import type { History, Storms } from '../core/ports.ts';
import {
  beginOf,
  firstArrivals,
  inForce,
  isLookDue,
  lookedAt,
  ofStorm,
  type Storm,
  type StormRecord,
  spanAround,
  spanOf,
  stormIdOf,
  together,
} from '../core/storm.ts';
import type { SymptomReading } from '../core/verification.ts';
import type { WorkflowState } from '../core/workflow-state.ts';

/** What an incident finds of the others, before anything of AWS is asked. */
export interface StormState extends StormRecord {
  readonly stormId: string;
}

/** Notes that the incident has arrived, before any other is looked for: of two that come at once at least one sees the other. */
export async function noteArrival({ incident, policy }: WorkflowState, storms: Storms, now: Instant): Promise<void> {
  const stormId = stormIdOf(incident, policy);
  if (stormId !== undefined) await storms.arrive(stormId, { incident: incident.id, target: incident.target, at: incident.openedAt }, now);
}

/**
 * Reads the arrivals around the incident's, from the incident table alone. The lead of a storm reads all of them. Undefined for a target
 * that is its own group.
 */
export async function readStorm({ incident, policy }: WorkflowState, storms: Storms, now: Instant): Promise<StormState | undefined> {
  const stormId = stormIdOf(incident, policy);
  if (stormId === undefined) return undefined;
  const { storm: stormLimits } = policy.guardrails;
  const { from, to } = spanAround(incident, stormLimits);
  const stormRecord = await storms.read(stormId, { from, ...(to < now && { to }) });
  const { storm } = stormRecord;
  const leads = storm?.lead === incident.id;
  if (!storm || !(leads || (inForce(storm, now) && isLookDue(storm, incident, stormLimits)))) return { stormId, ...stormRecord };
  const arrivals = await storms.arrivals(stormId, beginOf(storm, stormLimits));
  if (leads) return { stormId, storm, arrivals: ofStorm(storm, arrivals, stormLimits) };
  const looked = lookedAt(storm, arrivals, incident, policy, now);
  const debt = looked.lead === incident.id ? { incident, policy } : undefined;
  return { stormId, arrivals, storm: await storms.put(stormId, looked, storm, debt) };
}

/** What the guardrails must know of the storm. Only members count: an alarm may see instances that are none. */
export function stormWatchIn(
  { arrivals, storm }: StormState,
  { members = [] }: TargetFacts,
  { inAlarm = [] }: SymptomReading,
  { incident, policy }: Pick<WorkflowState, 'incident' | 'policy'>,
): StormWatch {
  const ids = new Set(members);
  const own = arrivals.filter(({ target }) => target.kind === 'instance' && ids.has(target.id));
  const here = storm?.lead === incident.id ? firstArrivals(own) : together(own, incident, policy.guardrails.storm);
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
  stormState: StormState | undefined,
  { history, storms }: { readonly history: History; readonly storms: Storms },
): Promise<Storm> {
  const { incident, policy, now } = question;
  if (!stormState) throw new Defect('a storm was declared for a policy that looks for none', undefined);
  const storm = await storms.put(stormState.stormId, stormToDeclare(question, stormState.storm), stormState.storm, { incident, policy });
  const text = storm.lead === incident.id ? `declares a storm and leads it: ${why}` : `incident ${storm.lead} declared a storm first`;
  await history.write(incidentLine('decision', incident, text, now, { storm }));
  return storm;
}
