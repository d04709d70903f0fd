import { BROKEN_MINUTES } from '../core/drill.ts';
import { isInAnother } from '../core/drill-limit.ts';
import { type Instant, iso } from '../core/duration.ts';
import { incidentLine } from '../core/history-line.ts';
import { inDrill } from '../core/in-drill.ts';
import { type Incident, shortIncident } from '../core/incident.ts';
import { effectiveMode } from '../core/mode.ts';
import type { Policy } from '../core/policy.ts';
import type { History, IncidentMetrics, IncidentStore, ModeOverrides, Workflow } from '../core/ports.ts';
import { endFor } from '../core/reasons.ts';
import { openAmong } from '../core/retake.ts';
import type { DrillSignal } from '../core/signal.ts';
import { nameOf, type Target, targetInWords } from '../core/target.ts';
import { drillIncidentId } from './incident-id.ts';
import { incidentOf } from './incident-of-signal.ts';
import type { Refused } from './signal-targets.ts';

export interface DrillPorts {
  readonly workflow: Workflow;
  readonly history: History;
  readonly metrics: IncidentMetrics;
  readonly modes: Pick<ModeOverrides, 'read'>;
  readonly store: Pick<IncidentStore, 'past' | 'beginDrill' | 'noteBreach' | 'realDrill'>;
}

/** Opens the incident of a drill, or records why it is not held now; of one whose way was walked, notes what becomes of what is broken. */
export async function openDrill(
  policy: Policy,
  signal: DrillSignal,
  target: Target,
  alarm: string | undefined,
  ports: DrillPorts,
  now: Instant,
): Promise<void> {
  const { id, breach, minutes = BROKEN_MINUTES.least } = signal.drill;
  if (breach) return ports.store.noteBreach({ policy: policy.name, target, drill: id }, { breach, minutes }, signal.at);
  const why = await whyNoDrill(policy, signal.drill, target, ports, now);
  if (why !== undefined) await rejectDrill(policy, signal, { reason: 'drill-refused', why }, ports, now);
  else await startDrill(policy, signal, target, alarm, ports, now);
}

/** Records a drill that cannot be held, in the history alone: only whoever began it looks there for it. */
export async function rejectDrill(
  policy: Policy,
  signal: DrillSignal,
  { reason, why }: Refused,
  ports: DrillPorts,
  now: Instant,
): Promise<void> {
  const end = endFor(reason, why, 0);
  ports.metrics.drill(policy.name, end);
  await ports.history.write({
    ...{ at: iso(now), kind: 'rejected', policy: policy.name, text: `drill: ${why}`, symptom: policy.symptom },
    ...{ outcome: end.outcome, reason, event: signal.eventId, drill: signal.drill.id },
  });
}

/** Why a drill is not held now: its policy could not heal or be filled for it, a real incident is open on the target, or there are too many drills. */
async function whyNoDrill(
  policy: Policy,
  { id, minutes, fill, service, announces }: DrillSignal['drill'],
  target: Target,
  { modes, store }: DrillPorts,
  now: Instant,
): Promise<string | undefined> {
  const isReal = minutes !== undefined;
  if (isReal && effectiveMode(policy.mode, await modes.read(policy.name)) === 'shadow')
    return `policy ${policy.name} is in shadow, and would repair nothing`;
  const filled = fill ? (await import('./drill-breach.ts')).drillFill(policy) : undefined;
  if (filled && 'why' in filled) return filled.why;
  const unknown = service === undefined ? undefined : (await import('./drill-breach.ts')).whyNotStopped(policy, service);
  if (unknown !== undefined) return unknown;
  const open = openAmong(await store.past(policy.name, target, now), now);
  if (open) return `incident ${shortIncident(open.id)} of the policy is open on ${targetInWords(target)}`;
  const other = isReal ? await store.realDrill(target) : undefined;
  if (isInAnother(other, id, now))
    return `${targetInWords(target)} is in drill ${other.drill} for real until ${iso(other.until)} at the latest`;
  return store.beginDrill(policy.name, { drill: id, isReal, ...(announces && { announces }) }, now);
}

/** Starts the workflow of a drill: in shadow, under an id that no real incident has. An event that is delivered twice starts one. */
async function startDrill(
  policy: Policy,
  signal: DrillSignal,
  target: Target,
  alarm: string | undefined,
  ports: DrillPorts,
  now: Instant,
): Promise<void> {
  const { drill, ...rest } = signal;
  const { targets } = policy;
  // What CloudWatch would tell of the target, for the readings of its own series.
  const contributor = targets.kind === 'contributor' && { id: drill.id, attributes: { [targets.attribute]: nameOf(target) } };
  const told = { ...rest, alarmName: alarm ?? signal.alarmName, ...(contributor && { contributor }) };
  const named = { id: drillIncidentId(policy.name, target, drill.id) };
  const { id, minutes } = drill;
  const incident: Incident = {
    ...incidentOf(named, policy, told, target, now),
    drill: id,
    ...(minutes !== undefined && { drillMinutes: minutes }),
  };
  if ((await ports.workflow.start(incident.id, { incident, policy: inDrill(policy) })) === 'known') return;
  const text = `drill: ${policy.seen} on ${targetInWords(target)} is played; nothing will be done`;
  await ports.history.write(incidentLine('signal', incident, text, now, { event: signal.eventId }));
}
