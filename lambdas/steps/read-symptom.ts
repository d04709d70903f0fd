import { symptomOfDatabase } from '../core/database-status.ts';
import { type Instant, iso, milliseconds } from '../core/duration.ts';
import type { Incident } from '../core/incident.ts';
import { judgeOutage } from '../core/outage.ts';
import type { Policy, ProbeEvidence, ProofMetric } from '../core/policy.ts';
import type { Alarms, DescribedAlarm, Instances, LoadBalancers, RemedyPorts } from '../core/ports.ts';
import { FAULT_METRIC, PROBE_NAMESPACE } from '../core/probe.ts';
import { isSame } from '../core/same.ts';
import type { StatusCheckName } from '../core/status-check.ts';
import type { Target } from '../core/target.ts';
import { symptomOfTarget } from '../core/target-health.ts';
import type { SymptomReading } from '../core/verification.ts';

export interface SymptomPorts extends Pick<RemedyPorts, 'databases' | 'clusters'> {
  readonly loadBalancers: LoadBalancers;
  readonly instances: Pick<Instances, 'statusCheck'>;
  readonly alarms: Alarms;
}

type Quiet = Pick<SymptomReading, 'disabled' | 'suppressed'>;

/**
 * Reads whether the incident's symptom is there now, of the target itself: from its status or its health if the policy is about
 * those, from its contributor if it has one, else from its alarm. Alarms say nothing of a target that reports no more, so that with
 * them goes when it reported last. An alarm that CloudWatch does not evaluate in full lists no contributor either, and says nothing.
 */
export async function readSymptom(incident: Incident, policy: Policy, ports: SymptomPorts, now: Instant): Promise<SymptomReading> {
  const symptom = await read(incident, policy, ports, now);
  if (symptom.kind !== 'gone') return symptom;
  const proven = policy.proof ? await prove(symptom, policy.proof, incident, ports.alarms, now) : symptom;
  if (proven.kind !== 'gone' || !isOfContributor(incident, policy)) return proven;
  const alarm = await ports.alarms.state(incident.alarmName);
  const unjudged = whyUnjudged(incident.alarmName, alarm);
  if (unjudged !== undefined) return { ...symptom, kind: 'unknown', silent: true, why: unjudged };
  const { okSince } = okSinceOf(alarm);
  return okSince === undefined ? proven : { ...proven, okSince, watchesOthers: true };
}

/** Whether the symptom is that of one series of an alarm, which lists those in ALARM alone. */
function isOfContributor({ contributor }: Incident, { evidence, targets }: Policy): boolean {
  return contributor !== undefined && (evidence === undefined ? targets.kind !== 'unhealthy-targets' : evidence.kind === 'alarm');
}

/** With when the target reported last, of a symptom that is gone. */
async function prove(
  symptom: SymptomReading,
  proof: ProofMetric,
  { contributor }: Incident,
  alarms: Alarms,
  now: Instant,
): Promise<SymptomReading> {
  const since = now - milliseconds(proof.within);
  const reportedAt = await alarms.lastReport(proof, contributor?.attributes ?? {}, since, now);
  return reportedAt === undefined
    ? { ...symptom, kind: 'unknown', silent: true, why: `it has not reported ${proof.metric} since ${iso(since)}` }
    : { ...symptom, reportedAt, why: `${symptom.why} and still reports` };
}

/** Why what an alarm does not show may be there all the same. */
function whyUnjudged(alarmName: string, alarm: DescribedAlarm | undefined): string | undefined {
  if (!alarm) return `alarm ${alarmName} does not exist`;
  if (alarm.evaluation !== undefined) return `CloudWatch does not evaluate alarm ${alarmName} in full (${alarm.evaluation})`;
  return alarm.state === 'INSUFFICIENT_DATA' ? `alarm ${alarmName} has no data` : undefined;
}

function okSinceOf({ state, since }: Partial<DescribedAlarm> = {}): Pick<SymptomReading, 'okSince'> {
  return state === 'OK' && since !== undefined ? { okSince: since } : {};
}

function read(
  incident: Incident,
  policy: Policy,
  { alarms, loadBalancers, ...ports }: SymptomPorts,
  now: Instant,
): Promise<SymptomReading> {
  if (policy.evidence?.kind === 'database-status') return readStatus(incident.target, ports);
  if (policy.evidence?.kind === 'status-check') return readStatusCheck(incident.target, policy.evidence.check, ports);
  if (policy.evidence?.kind === 'probe') return readProbe(incident.alarmName, policy.evidence, alarms, now);
  if (policy.evidence === undefined && policy.targets.kind === 'unhealthy-targets')
    return readTargetHealth(incident.target, policy.targets.targetGroupArn, loadBalancers);
  return incident.contributor ? readContributor(incident, policy, alarms) : readAlarm(incident.alarmName, alarms);
}

async function readTargetHealth(target: Target, targetGroupArn: string, loadBalancers: LoadBalancers): Promise<SymptomReading> {
  if (target.kind !== 'instance') return { kind: 'unknown', why: 'the target is no instance' };
  return symptomOfTarget((await loadBalancers.targetHealth(targetGroupArn)).get(target.id));
}

async function readAlarm(alarmName: string, alarms: Alarms): Promise<SymptomReading> {
  const alarm = await alarms.state(alarmName);
  const why = `alarm ${alarmName} is ${alarm?.state}`;
  if (alarm?.state === 'ALARM') return { kind: 'present', why, ...quietOf(alarm) };
  const unjudged = whyUnjudged(alarmName, alarm);
  return unjudged === undefined ? { kind: 'gone', why, ...okSinceOf(alarm), ...quietOf(alarm) } : { kind: 'unknown', why: unjudged };
}

/** Whether the actions of the alarm are not taken, as its description says. */
export function quietOf({ disabled, suppressed }: Quiet = {}): Quiet {
  return { ...(disabled && { disabled }), ...(suppressed && { suppressed }) };
}

/** How far back a probe is read: as long as an incident usually waits, and longer. */
const PROBE_READ_BACK = 3 * 3_600_000;

/** That a probe gets no answer is only a symptom of the target where the fault is not the probe's own. */
async function readProbe(alarmName: string, evidence: ProbeEvidence, alarms: Alarms, now: Instant): Promise<SymptomReading> {
  const { okSince: _, ...alarm } = await readAlarm(alarmName, alarms);
  if (alarm.kind !== 'present') return alarm;
  const ofProbe = (metric: string) => ({ namespace: PROBE_NAMESPACE, metric, dimensions: { [evidence.dimension]: evidence.name } });
  const metrics = [ofProbe(evidence.metric), ofProbe(FAULT_METRIC), ...(evidence.life ? [evidence.life] : [])];
  const [up = [], faults = [], life = []] = await alarms.values(metrics, now - PROBE_READ_BACK, now);
  return { ...judgeOutage({ up, faults, life }, evidence, now), ...quietOf(alarm) };
}

/** Whether RDS finds the database in trouble. */
export async function readStatus(
  target: Target,
  { databases, clusters }: Pick<SymptomPorts, 'databases' | 'clusters'>,
): Promise<SymptomReading> {
  if (target.kind !== 'database' && target.kind !== 'database-cluster') return { kind: 'unknown', why: 'the target is no database' };
  const found = target.kind === 'database' ? await databases.describe(target.id) : await clusters.describe(target.id);
  if (!found) return { kind: 'unknown', why: 'the database does not exist' };
  return symptomOfDatabase(found);
}

/** Reads a status check of EC2. An instance that does not run has none: its symptom is unknown then, and not gone. */
async function readStatusCheck(
  target: Target,
  check: StatusCheckName,
  { instances }: Pick<SymptomPorts, 'instances'>,
): Promise<SymptomReading> {
  if (target.kind !== 'instance') return { kind: 'unknown', why: 'the target is no instance' };
  const state = await instances.statusCheck(target.id, check);
  const why = `its ${check} status check is ${state}`;
  if (state === 'unknown') return { kind: 'unknown', silent: true, why };
  if (state === 'initializing') return { kind: 'unknown', why };
  return { kind: state === 'ok' ? 'gone' : 'present', why };
}

async function readContributor(incident: Incident, policy: Policy, alarms: Alarms): Promise<SymptomReading> {
  const listed = await alarms.contributorsInAlarm(incident.alarmName);
  const own = readOwn(incident, listed);
  const { targets } = policy;
  const inAlarm =
    targets.kind === 'contributor' ? listed.contributors.flatMap(({ attributes }) => attributes[targets.attribute] ?? []) : [];
  return { ...own, inAlarm, moreInAlarm: !listed.complete };
}

function readOwn(incident: Incident, { contributors, complete }: Awaited<ReturnType<Alarms['contributorsInAlarm']>>): SymptomReading {
  const { id, attributes } = incident.contributor ?? { id: '', attributes: {} };
  if (contributors.some((contributor) => contributor.id === id || isSame(contributor.attributes, attributes))) {
    return { kind: 'present', why: `its contributor of alarm ${incident.alarmName} is in ALARM` };
  }
  if (!complete) return { kind: 'unknown', why: `alarm ${incident.alarmName} has more contributors in ALARM than CloudWatch lists` };
  return { kind: 'gone', why: `its contributor of alarm ${incident.alarmName} is not in ALARM` };
}
