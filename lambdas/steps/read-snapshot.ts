import { cached } from '../core/cached.ts';
import { type ChangeConditions, isMadeByRollouts, ordinaryChangeConditions } from '../core/change-conditions.ts';
import { type Instant, milliseconds } from '../core/duration.ts';
import { isFlapping } from '../core/flapping.ts';
import type { Snapshot } from '../core/guardrails/guardrail.ts';
import { historySince } from '../core/history-since.ts';
import type { Attempt, Incident } from '../core/incident.ts';
import { nextRung } from '../core/ladder.ts';
import { effectiveMode } from '../core/mode.ts';
import { groupKey, type Policy } from '../core/policy.ts';
import type { Alarms, Approvals, Claims, IncidentStore, PauseSwitch, Pipelines } from '../core/ports.ts';
import { isCostly } from '../core/remedy-cost.ts';
import type { SymptomReading } from '../core/verification.ts';
import type { WorkflowState } from '../core/workflow-state.ts';
import { type ChangeConditionPorts, keptProviderEvents, readChangeConditions, readDeployments } from './read-change-conditions.ts';
import { type FactPorts, readFacts } from './read-facts.ts';
import { costOf, readRungRecords } from './read-rung-records.ts';
import { readSecondOpinion } from './read-second-opinion.ts';
import { type StormState, stormWatchIn } from './read-storm.ts';
import { readSurroundings } from './read-surroundings.ts';
import { quietOf, readSymptom } from './read-symptom.ts';

export interface SnapshotPorts extends FactPorts, ChangeConditionPorts {
  readonly alarms: Alarms;
  readonly approvals: Approvals;
  readonly claims: Claims;
  readonly pipelines: Pipelines;
  readonly pauseSwitch: PauseSwitch;
  readonly store: IncidentStore;
}

/** What was read already, and whether something is to be changed whatever the next rung is. */
export interface Given {
  readonly attempts?: readonly Attempt[];
  readonly stormState?: StormState;
  readonly changes?: boolean;
}

/** Reads everything that the guardrails ask about. */
export async function readSnapshot(
  { incident, policy, next }: WorkflowState,
  given: SnapshotPorts,
  now: Instant,
  { attempts: known, stormState, changes = false }: Given = {},
): Promise<Snapshot> {
  const ports = readOnce(given);
  const [pause, facts, symptom, attempts, { attempts: history, openings, lease }, slots, spending, { breaker, override }] =
    await Promise.all([
      ports.pauseSwitch.read(),
      readFacts(incident.target, policy, ports),
      readSymptomAndAlarm(incident, policy, ports, now),
      known ?? ports.store.attempts(incident.id),
      ports.store.history(incident.target, historySince(policy, now)),
      ports.claims.slots(groupKey(policy.group)),
      ports.claims.spending(),
      ports.claims.ofPolicy(policy.name),
      next === undefined && policy.ladder.some(({ acts }) => acts) && readAhead(policy, ports),
    ]);
  const { watched, goneSince }: { watched?: number | undefined; goneSince?: Instant | undefined } = next?.do === 'triage' ? next : {};
  const rungRecords = await readRungRecords(policy, ports, now);
  const rung = nextRung(policy, attempts, history, now, { watched, rungRecords });
  const acts = changes || (rung.rung?.acts ?? false);
  const isAsked = effectiveMode(policy.mode, override) === 'approval' || rung.dearer !== undefined;
  const asks = !changes && rung.rung && isCostly(costOf(rung.rung)) ? policy.guardrails.secondOpinion : undefined;
  const [changeConditions, requests, surroundings, secondOpinion] = await Promise.all([
    acts
      ? readChangeConditions(incident.target, policy, facts.tags, ports, now)
      : changeConditionsWithoutAct(incident, policy, facts.tags, ports, rung.rung === undefined),
    acts && isAsked ? ports.approvals.about(policy.name, incident.target) : [],
    acts ? readSurroundings(incident.target, policy, facts, ports) : {},
    asks && readSecondOpinion(incident.target, asks, ports),
  ]);
  const past = isFlapping(incident, policy, openings)
    ? await ports.store.past(policy.name, incident.target, now - milliseconds(policy.guardrails.flapping.per))
    : undefined;
  const stormWatch = stormState && stormWatchIn(stormState, facts, symptom, { incident, policy });
  return {
    ...{ pause, facts, symptom, changeConditions, attempts, history, openings, slots, spending, breaker, requests },
    ...(lease && { lease }),
    ...(override && { override }),
    ...(past && { past }),
    ...(watched !== undefined && { watched }),
    ...(goneSince !== undefined && symptom.kind === 'gone' && { goneSince }),
    ...(stormWatch && { stormWatch }),
    ...(secondOpinion && { secondOpinion }),
    ...(rungRecords && { rungRecords }),
    ...surroundings,
  };
}

/** Where nothing is changed, only whether a rollout may have made the symptom about which people would be called. */
async function changeConditionsWithoutAct(
  { target }: Incident,
  policy: Policy,
  tags: Readonly<Record<string, string>>,
  ports: SnapshotPorts,
  isExhausted: boolean,
): Promise<ChangeConditions> {
  if (!isExhausted || !isMadeByRollouts(policy)) return ordinaryChangeConditions;
  return { ...ordinaryChangeConditions, deployments: await readDeployments(target, policy, tags, ports) };
}

/** An incident that is new mostly acts: then what is asked only before an act is asked with all else, and not after it. */
async function readAhead(policy: Policy, ports: SnapshotPorts): Promise<void> {
  await Promise.all([ports.pipelines.published(), keptProviderEvents(policy, ports)]);
}

/**
 * The ports by which nothing is asked twice for one snapshot: what was read ahead; the alarm that tells of the symptom and of its muting; the
 * health of a target group, which tells of the symptom and of who serves beside the target; and the group that shares the blast radius, which
 * is often the one that the instance is in.
 */
function readOnce(ports: SnapshotPorts): SnapshotPorts {
  const { alarms, groups, loadBalancers, pipelines, providerEvents } = ports;
  return {
    ...ports,
    alarms: { ...alarms, state: cached((alarmName: string) => alarms.state(alarmName)) },
    groups: { ...groups, describe: cached((name: string) => groups.describe(name)) },
    loadBalancers: { ...loadBalancers, targetHealth: cached((targetGroupArn: string) => loadBalancers.targetHealth(targetGroupArn)) },
    pipelines: { ...pipelines, published: cached(() => pipelines.published()) },
    providerEvents: { ...providerEvents, kept: cached(() => providerEvents.kept()) },
  };
}

/** Neither a list of contributors nor the health of a target says whether the actions of the alarm are disabled or suppressed. */
async function readSymptomAndAlarm(incident: Incident, policy: Policy, ports: SnapshotPorts, now: Instant): Promise<SymptomReading> {
  const [symptom, alarm] = await Promise.all([
    readSymptom(incident, policy, ports, now),
    isReadBesideAlarm(incident, policy) ? ports.alarms.state(incident.alarmName) : undefined,
  ]);
  return { ...symptom, ...quietOf(alarm) };
}

function isReadBesideAlarm({ contributor }: Incident, { targets, evidence }: Policy): boolean {
  return evidence === undefined && (contributor !== undefined || targets.kind === 'unhealthy-targets');
}
