import type { Instant } from '../core/duration.ts';
import { Defect, messageOf } from '../core/failure.ts';
import type { Snapshot } from '../core/guardrails/guardrail.ts';
import type { IncidentStore, Instances, Storms } from '../core/ports.ts';
import type { End } from '../core/reasons.ts';
import { firstArrivals } from '../core/storm.ts';
import { diagnosis, type Evidence, namedMembers } from '../core/storm-diagnosis.ts';
import type { WorkflowState } from '../core/workflow-state.ts';
import type { StormState } from './read-storm.ts';

export interface DiagnosisPorts {
  readonly instances: Instances;
  readonly store: IncidentStore;
  readonly storms: Storms;
}

/** Members with and without the symptom that are compared; both together fit into one call to EC2, which takes 200 ids. */
const MOST_COMPARED = 100;

/** Incidents whose attempts are read. Only those that came before the storm can have acted, and few of them had a slot. */
const MOST_ATTEMPTED = 40;

/** Ends the lead's incident with what is known of the storm, and notes how far the message goes that its conclusion sends. */
export async function speakForStorm(
  { incident, policy }: WorkflowState,
  end: End,
  { stormId, arrivals, storm }: StormState,
  { facts, symptom }: Snapshot,
  ports: DiagnosisPorts,
  now: Instant,
): Promise<End> {
  if (!storm) throw new Defect('an incident speaks for a storm that is not there', undefined);
  const members = facts.members ?? [];
  const ids = new Set(members);
  const own = arrivals.filter(({ target }) => target.kind === 'instance' && ids.has(target.id));
  const sick = [...new Set([...own.flatMap(({ target }) => (target.kind === 'instance' ? [target.id] : [])), ...(symptom.inAlarm ?? [])])];
  const [attempts, traits] = await Promise.all([attemptsOf(own, ports.store), traitsOf(members, sick, ports.instances)]);
  const details = diagnosis({ storm, arrivals: own, attempts, traits }, policy, now);
  // A list that CloudWatch cut off may go as far as the whole group: that is what people are told, and no more is news.
  const says = symptom.moreInAlarm ? facts.groupSize : Math.max(firstArrivals(arrivals).length, sick.length);
  await ports.storms.change(stormId, (there) => (there.lead === incident.id ? { ...there, says } : there));
  return { ...end, details, members: namedMembers(own) };
}

/** What was done to members before and while the symptom spread. */
export async function attemptsOf(arrivals: StormState['arrivals'], store: Pick<IncidentStore, 'attempts'>): Promise<Evidence['attempts']> {
  const incidents = [...new Set(arrivals.toSorted((left, right) => left.at - right.at).map(({ incident }) => incident))];
  const found = await Promise.all(incidents.slice(0, MOST_ATTEMPTED).map((incident) => store.attempts(incident)));
  return found.flat().filter(({ acts }) => acts);
}

/** A comparison that fails is said to be missing; the message must not wait for it. */
async function traitsOf(members: readonly string[], sick: readonly string[], instances: Instances): Promise<Evidence['traits']> {
  const withIt = new Set(sick.filter((id) => members.includes(id)).slice(0, MOST_COMPARED));
  const without = members.filter((id) => !sick.includes(id)).slice(0, MOST_COMPARED);
  try {
    const found = await instances.describe([...withIt, ...without]);
    return { with: found.filter(({ id }) => withIt.has(id)), without: found.filter(({ id }) => !withIt.has(id)) };
  } catch (error) {
    return { unknown: messageOf(error) };
  }
}
