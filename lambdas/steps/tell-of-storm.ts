import type { Instant } from '../core/duration.ts';
import { incidentLine } from '../core/history-line.ts';
import { legibleState } from '../core/legible-state.ts';
import { endNotice } from '../core/notice/end.ts';
import type { Compose, History, IncidentStore, Notifier, StormDebt, Storms } from '../core/ports.ts';
import { type End, endFor, speaksForMany } from '../core/reasons.ts';
import { beginOf, firstArrivals, ofStorm, type Storm, stormIdOf } from '../core/storm.ts';
import { diagnosis, namedMembers } from '../core/storm-diagnosis.ts';
import { isOverdue, mayNowSpeak, spokenForNow, toldOf } from '../core/storm-message.ts';
import type { WorkflowState } from '../core/workflow-state.ts';
import { attemptsOf } from './diagnose-storm.ts';

export interface StormTellers {
  readonly history: History;
  readonly notifier: Notifier;
  readonly store: Pick<IncidentStore, 'attempts'>;
  readonly storms: Storms;
}

/** Speaks in the place of leads that did not. */
const SWEEP = 'sweep';

/**
 * Publishes the message about an incident's end. That of a storm's lead is owed by the storm: whoever sends it takes the right
 * to, and it is noted when it went out, so that it is sent once by all who may, and again only where that note got lost.
 */
export async function tellOfEnd(
  { incident, policy }: WorkflowState,
  end: End,
  compose: Compose,
  ports: StormTellers,
  now: Instant,
): Promise<void> {
  const stormId = stormIdOf(incident, policy);
  if (stormId === undefined || !speaksForMany(end)) return ports.notifier.publish(compose);
  const leads = ({ lead }: Storm) => lead === incident.id;
  const storm = await ports.storms.change(stormId, (there) => (leads(there) ? spokenForNow(there, incident.id, now) : there));
  if (storm && leads(storm) && !mayNowSpeak(storm, incident.id)) return;
  await ports.notifier.publish(compose);
  await ports.storms.change(stormId, (there) => (leads(there) ? toldOf(there, there.says ?? there.told ?? 0) : there));
}

/** Tells at once of a storm whose lead ended for an error of its own, as far as it is known without what the lead was to gather. */
export async function payForLead({ incident, policy }: WorkflowState, end: End, ports: StormTellers, now: Instant): Promise<void> {
  const stormId = stormIdOf(incident, policy);
  if (stormId === undefined || end.reason !== 'unexpected-error') return;
  const leads = ({ lead }: Storm) => lead === incident.id;
  const storm = await ports.storms.change(stormId, (there) => (leads(there) ? spokenForNow(there, incident.id, now) : there));
  if (storm && leads(storm) && mayNowSpeak(storm, incident.id)) await payWith({ incident, policy }, stormId, storm, end.why, ports, now);
}

/** Sends the messages that storms owe and that their leads did not send in time; answers of how many. Failures are added to the list. */
export async function payStormDebts(ports: StormTellers, failures: unknown[], now: Instant): Promise<number> {
  let paid = 0;
  for (const debt of await ports.storms.debts()) {
    try {
      if (await pay(debt, ports, now)) paid += 1;
    } catch (error) {
      failures.push(error);
    }
  }
  return paid;
}

async function pay({ stormId, ...debt }: StormDebt & { readonly stormId: string }, ports: StormTellers, now: Instant): Promise<boolean> {
  const storm = await ports.storms.change(stormId, (there) => (isOverdue(there, now) ? spokenForNow(there, SWEEP, now) : there));
  if (!storm || !isOverdue(storm, now) || !mayNowSpeak(storm, SWEEP)) return false;
  const state = legibleState(debt, { now });
  if (!state) throw new Error(`the storm of ${stormId} owes a message that this version cannot read`);
  await payWith(state, stormId, storm, 'it was not heard of in time', ports, now);
  return true;
}

/** The message as far as the table knows the storm: nothing of AWS is asked, since that may be what the lead failed at. */
async function payWith(
  { incident, policy }: WorkflowState,
  stormId: string,
  storm: Storm,
  failure: string,
  ports: StormTellers,
  now: Instant,
): Promise<void> {
  const { storm: stormLimits } = policy.guardrails;
  const arrivals = ofStorm(storm, await ports.storms.arrivals(stormId, beginOf(storm, stormLimits)), stormLimits);
  const reached = firstArrivals(arrivals).length;
  const [attempts, own] = await Promise.all([attemptsOf(arrivals, ports.store), ports.store.attempts(incident.id)]);
  const traits = { unknown: 'the incident that was to gather it failed' };
  const why = `${policy.seen} on ${reached} members at least; incident ${storm.lead}, which was to speak for all, failed: ${failure}`;
  const details = diagnosis({ storm, arrivals, attempts, traits }, policy, now);
  const end = { ...endFor('storm', why, 0), details, members: namedMembers(arrivals) };
  await ports.notifier.publish((origin) => endNotice(origin, { incident, policy, attempts: own, end }, now));
  await ports.storms.change(stormId, (there) => toldOf(there, Math.max(reached, there.told ?? 0)));
  const text = `told people of a storm on ${reached} members in the place of incident ${storm.lead}: ${failure}`;
  await ports.history.write(incidentLine('sweep', incident, text, now, { storm, details: end.details }));
}
