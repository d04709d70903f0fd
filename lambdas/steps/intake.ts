import * as z from 'zod';
import { comesOnce } from '../core/comes-once.ts';
import { isInTime } from '../core/drill-limit.ts';
import { CLOCKS_DIFFER, type Instant, inWords, iso, milliseconds } from '../core/duration.ts';
import { Defect, messageOf } from '../core/failure.ts';
import { definedFields } from '../core/fields.ts';
import { inTodaysNames } from '../core/former-names.ts';
import { type HistoryLine, incidentLine } from '../core/history-line.ts';
import { inDrill } from '../core/in-drill.ts';
import { type Incident, shortIncident } from '../core/incident.ts';
import { rejectionNotice, unknownPolicyNotice } from '../core/notice/rejection.ts';
import { type Policy, policySchema } from '../core/policy.ts';
import { isUnderWay, type PolicyStanding } from '../core/policy-record.ts';
import type {
  Compose,
  DeployedPolicies,
  History,
  IncidentMetrics,
  IncidentStore,
  LoadBalancers,
  Notifier,
  Workflow,
} from '../core/ports.ts';
import { endFor, isTold, type Reason, timesSaidAgain, type Witness } from '../core/reasons.ts';
import { type DrillSignal, isDrillSignal, isRejection, issuesInWords, parseSignal, type Signal } from '../core/signal.ts';
import { nameOf, type Target, targetInWords, targetSchema } from '../core/target.ts';
import { unhealthyOf } from '../core/target-health.ts';
import { readTolerantly } from '../core/tolerant-reader.ts';
import { type ConfirmPorts, confirmSwept } from './confirm-swept.ts';
import { drillIncidentId, incidentId } from './incident-id.ts';
import { failuresOf, fulfilled, severalAtOnce } from './several-at-once.ts';
import { type Reminder, type SweptIncident, sweptIncident } from './swept-incident.ts';

// Longer than 250 lines: one delivery, with every way in which it may open no incident.

export interface IntakePorts extends ConfirmPorts {
  readonly workflow: Workflow;
  readonly deployedPolicies: DeployedPolicies;
  readonly loadBalancers: LoadBalancers;
  readonly history: History;
  readonly notifier: Notifier;
  readonly metrics: IncidentMetrics;
  readonly store: Pick<IncidentStore, 'past' | 'isRejectionNoted' | 'noteRejection' | 'takeRejection' | 'beginDrill' | 'realDrill'>;
}

/** What a rule sends: its policy, the event as it came, and the alarm whose events it lets in, which a drill does not name. */
export const deliverySchema = z.looseObject({ policy: policySchema, event: z.unknown(), alarm: z.string().optional() });

/** Reads what a rule sends, or tells what is wrong with it. */
export type DeliveryReader = (delivery: unknown) => z.ZodSafeParseResult<z.output<typeof deliverySchema>>;

/** Leaves out what this version does not know. */
const readDelivery: DeliveryReader = (delivery) => readTolerantly(deliverySchema, inTodaysNames(delivery));

/** An event opens no incident. */
interface Refused {
  readonly reason: Reason;
  readonly why: string;
  readonly witness?: Witness;
}

/** The part of an unexpected event that the history keeps. */
const EVENT_KEPT_CHARACTERS = 4_000;

/** Targets of one delivery that are opened at once: five hundred one after the other would take longer than the function may run. */
const OPENED_AT_ONCE = 10;

/** Takes in one delivery of a rule: starts a workflow for each target of its signal, or records by name why not. */
export async function intake(delivery: unknown, ports: IntakePorts, now: Instant, read: DeliveryReader = readDelivery): Promise<void> {
  const parsed = read(delivery);
  if (!parsed.success) {
    const why = `the rule sent no valid policy: ${issuesInWords(parsed.error)}`;
    await ports.history.write({
      at: iso(now),
      kind: 'rejected',
      policy: '(unreadable)',
      text: why,
      reason: 'unknown-event',
      event: kept(delivery),
    });
    throw new Defect(why, parsed.error);
  }
  const { policy, event, alarm } = parsed.data;
  // As it came: what the schema adds was not deployed.
  const standing = await ports.deployedPolicies.check(policy.name, (delivery as { policy: unknown }).policy, now);
  if (standing.kind !== 'deployed') return refusePolicy(policy.name, standing, event, ports, now);
  const signal = parseSignal(event);
  const answer = isRejection(signal) ? signal : await targetsOf(policy, signal, ports, now);
  if ('reason' in answer) {
    if (isDrillSignal(signal)) return rejectDrill(policy, signal, answer, ports, now);
    return !isRejection(signal) && signal.swept
      ? rejectOnce(policy, signal, answer, event, ports, now)
      : reject(policy, answer, event, ports, now);
  }
  if (isDrillSignal(answer.signal)) {
    for (const target of answer.targets) {
      const refused = await whyNoDrill(policy, answer.signal.drill, target, ports, now);
      if (refused) await rejectDrill(policy, answer.signal, refused, ports, now);
      else await openDrill(policy, answer.signal, target, alarm, ports, now);
    }
    return;
  }
  if (!answer.signal.swept) {
    const opened = await severalAtOnce(OPENED_AT_ONCE, answer.targets, (target) =>
      open({ policy, record: standing.record }, answer.signal, target, undefined, ports, now),
    );
    return failIfAny(opened);
  }
  await openSwept({ policy, record: standing.record }, answer, event, ports, now);
}

/** A policy, and which record it agrees with. */
interface Deployed {
  readonly policy: Policy;
  readonly record: string;
}

/** What the sweep brings is asked for at AWS where it would open an incident, once for all targets. */
async function openSwept(
  deployed: Deployed,
  { targets, signal }: Targets,
  event: unknown,
  ports: IntakePorts,
  now: Instant,
): Promise<void> {
  const { policy } = deployed;
  const looked = await severalAtOnce(OPENED_AT_ONCE, targets, async (target) => {
    const named = await sweptIncident({ id: incidentId(policy.name, target, signal.at) }, policy, signal, target, ports.store, now);
    return named && { target, named };
  });
  const wanted = fulfilled(looked).filter((each) => each !== undefined);
  if (wanted.length > 0) {
    const confirmed = await confirmSwept(signal, ports);
    if ('why' in confirmed) await rejectOnce(policy, signal, confirmed, event, ports, now);
    else {
      const opened = await severalAtOnce(OPENED_AT_ONCE, wanted, ({ target, named }) =>
        'noted' in named
          ? remind(policy, confirmed, target, named, ports, now)
          : open(deployed, confirmed, target, named.follows && named, ports, now),
      );
      return failIfAny([...looked, ...opened]);
    }
  }
  failIfAny(looked);
}

/** Fails when one of the targets failed, after all had their turn: the delivery is then made again, and finds those that were opened. */
function failIfAny(answers: readonly PromiseSettledResult<unknown>[]): void {
  const failures = failuresOf(answers);
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1)
    throw new AggregateError(failures, `${failures.length} of the targets were not taken in: ${failures.map(messageOf).join('; ')}`);
}

/**
 * Refuses a policy that was not deployed: whoever may make a rule can put any policy into it. People are told once an hour of each name that
 * this pipeline has, and once an hour of all other names together, so that made-up names cannot flood them. During a deployment only what
 * comes once is told: a retry would bring the same policy.
 */
async function refusePolicy(
  name: string,
  standing: Exclude<PolicyStanding, { kind: 'deployed' }>,
  event: unknown,
  ports: IntakePorts,
  now: Instant,
): Promise<void> {
  const isBefore = isUnderWay(standing, now);
  const why =
    standing.kind === 'unknown'
      ? `there is no policy ${name} in this pipeline`
      : `policy ${name} is not the one that was deployed at ${iso(standing.recordedAt)}`;
  const deployer = comesOnce(event) ? undefined : ({ kind: 'person', id: `whoever deployed policy ${name}` } as const);
  const end = isBefore ? endFor('policy-in-deployment', why, 0, deployer) : endFor('unknown-policy', why, 0);
  ports.metrics.outcome(standing.kind === 'unknown' ? '(unknown)' : name, end);
  await ports.history.write({
    at: iso(now),
    kind: 'rejected',
    policy: name,
    text: why,
    outcome: end.outcome,
    reason: end.reason,
    ...(end.witness && { witness: end.witness }),
    event: kept(event),
  });
  if (!isTold(end)) return;
  const about = standing.kind === 'unknown' ? '(unknown)' : name;
  await tellHourly(about, (origin) => unknownPolicyNotice(origin, name, end, now), end.reason, ports, now);
}

type Targets = { readonly targets: readonly Target[]; readonly signal: Signal };

async function targetsOf(policy: Policy, signal: Signal, ports: IntakePorts, now: Instant): Promise<Targets | Refused> {
  if (signal.mutedBy) return { reason: 'muted', why: `muted by ${signal.mutedBy}`, witness: { kind: 'person', id: signal.mutedBy } };
  // Every alarm that may be suppressed begins with WaitPeriod; triage waits until CloudWatch knows.
  if (signal.suppressedBy && signal.suppressedBy !== 'WaitPeriod')
    return { reason: 'suppressed', why: `suppressed by ${signal.suppressedBy}`, witness: { kind: 'person', id: signal.suppressedBy } };
  const age = now - signal.at;
  if (-age > milliseconds(CLOCKS_DIFFER)) {
    return { reason: 'future-event', why: `the event says that the alarm changed at ${iso(signal.at)}, ${inWords(-age)} from now` };
  }
  if (!signal.swept && age > milliseconds(policy.guardrails.signalAtMost)) {
    return {
      reason: 'late-event',
      why: `the alarm changed ${inWords(age)} ago; at most ${inWords(milliseconds(policy.guardrails.signalAtMost))} is accepted`,
    };
  }
  const named = await namedTargets(policy, signal, ports.loadBalancers);
  if ('reason' in named) return named;
  const targets = named.candidates.map((candidate) => targetSchema.safeParse(candidate));
  const invalid = targets.find((target) => !target.success);
  if (invalid) return { reason: 'invalid-target', why: issuesInWords(invalid.error as z.ZodError) };
  return { signal, targets: targets.flatMap((target) => (target.success ? [target.data] : [])) };
}

async function namedTargets(
  policy: Policy,
  signal: Signal,
  loadBalancers: LoadBalancers,
): Promise<{ candidates: readonly unknown[] } | Refused> {
  const { targets } = policy;
  if (signal.drill) return drilledTarget(policy, signal.drill.target);
  switch (targets.kind) {
    case 'fixed':
      return { candidates: [targets.target] };
    case 'contributor': {
      if (!signal.contributor) return withoutContributor(signal, targets.attribute);
      return { candidates: [{ kind: 'instance', id: signal.contributor.attributes[targets.attribute] }] };
    }
    case 'unhealthy-targets': {
      const ids = unhealthyOf(await loadBalancers.targetHealth(targets.targetGroupArn));
      if (ids.length === 0) return { reason: 'no-target', why: 'the target group has no unhealthy instance now' };
      const { largestFleet = Number.POSITIVE_INFINITY } = policy.guardrails;
      if (ids.length > largestFleet) {
        return {
          reason: 'fleet-too-large',
          why: `${ids.length} targets are unhealthy; the fleet is expected to have at most ${largestFleet}`,
        };
      }
      return { candidates: ids.map((id) => ({ kind: 'instance', id })) };
    }
  }
}

/** A drill has one target: that of the policy, or one that is named, of which the guardrails say whether it is in the group. */
function drilledTarget({ targets }: Policy, id: string | undefined): { candidates: readonly unknown[] } | Refused {
  if (targets.kind !== 'fixed') {
    return id === undefined
      ? { reason: 'no-target', why: 'a drill of a fleet needs the id of the instance that it is to be held on' }
      : { candidates: [{ kind: 'instance', id }] };
  }
  const own = nameOf(targets.target);
  return id === undefined || id === own
    ? { candidates: [targets.target] }
    : { reason: 'invalid-target', why: `the policy has the one target ${own}, and no ${id}` };
}

/** CloudWatch sends an event for each contributor beside that of the alarm; where the sweep finds none of them, nobody speaks for it. */
function withoutContributor({ alarmName, swept }: Signal, attribute: string): Refused {
  const refused = { reason: 'contributors-decide', why: `alarm ${alarmName} names no ${attribute}` } as const;
  return swept ? refused : { ...refused, witness: { kind: 'incident', id: `those of the contributors of alarm ${alarmName}` } };
}

/** Tells people again of a hand-off that lasts; nothing is done, since a person has it. */
async function remind(policy: Policy, signal: Signal, target: Target, again: Reminder, ports: IntakePorts, now: Instant): Promise<void> {
  if (!(await ports.store.takeRejection(policy.name, again.noted, now))) return;
  const { saidAgainNotice } = await import('../core/notice/said-again.ts');
  const incident = incidentOf(again, policy, signal, target, now);
  await ports.notifier.publish((origin) => saidAgainNotice(origin, again, { incident, policy }, now));
  const text = `told people again that ${targetInWords(target)} was handed off at ${iso(again.at)} (${again.end.reason})`;
  await ports.history.write(incidentLine('sweep', incident, text, now));
  await ports.store.noteRejection(policy.name, again.noted, now);
}

async function open(
  { policy, record }: Deployed,
  signal: Signal,
  target: Target,
  followUp: SweptIncident | undefined,
  ports: IntakePorts,
  now: Instant,
): Promise<void> {
  const named = followUp ?? { id: incidentId(policy.name, target, signal.at) };
  const realDrill = await realDrillNow(target, ports, now);
  const incident = { ...incidentOf(named, policy, signal, target, now), ...definedFields({ realDrill }) };
  // Loaded for drills alone, since all remedies come with it.
  const { policy: climbed, left } =
    realDrill === undefined ? { policy, left: [] } : (await import('./in-real-drill.ts')).inRealDrill(policy);
  const started = await ports.workflow.start(incident.id, { incident, policy: climbed, record });
  if (started === 'started') {
    const how = signal.swept ? ' (found by the sweep)' : '';
    const without = left.length === 0 ? '' : `; in a drill nothing is done that nothing takes back: without ${left.join(', ')}`;
    const text = `${policy.seen} on ${targetInWords(target)}: ${signal.reason}${how}${without}`;
    await ports.history.write(incidentLine('signal', incident, text, now, { event: signal.eventId }));
    return;
  }
  // The sweep tells of the same alarm until it is over, which is no duplicate that AWS made.
  if (signal.swept) return;
  const end = endFor('duplicate-delivery', `event ${signal.eventId} was delivered before`, 0, { kind: 'incident', id: incident.id });
  ports.metrics.outcome(policy.name, end);
  await ports.history.write(
    incidentLine('rejected', incident, end.why, now, {
      outcome: end.outcome,
      reason: end.reason,
      witness: end.witness,
      event: signal.eventId,
    }),
  );
}

function incidentOf({ id, follows }: SweptIncident, policy: Policy, signal: Signal, target: Target, now: Instant): Incident {
  return {
    id,
    policy: policy.name,
    symptom: policy.symptom,
    target,
    openedAt: signal.at,
    receivedAt: now,
    alarmName: policy.evidence?.kind === 'alarm' ? policy.evidence.name : signal.alarmName,
    reason: signal.reason,
    ...(signal.contributor && { contributor: { id: signal.contributor.id, attributes: { ...signal.contributor.attributes } } }),
    ...(follows && { follows }),
  };
}

/** Why a drill is not held now: a real incident is open, which it must not be beside, or there are too many drills. */
async function whyNoDrill(
  policy: Policy,
  { id, minutes, fill }: DrillSignal['drill'],
  target: Target,
  { store }: IntakePorts,
  now: Instant,
): Promise<Refused | undefined> {
  const isReal = minutes !== undefined;
  if (isReal && policy.mode === 'shadow')
    return { reason: 'drill-refused', why: `policy ${policy.name} is in shadow, and would repair nothing` };
  const filled = fill ? (await import('./drill-fill.ts')).drillFill(policy) : undefined;
  if (filled && 'why' in filled) return { reason: 'drill-refused', why: filled.why };
  const open = (await store.past(policy.name, target, now)).find(({ ended }) => !ended);
  if (open) return { reason: 'drill-refused', why: `incident ${shortIncident(open.id)} of the policy is open on ${targetInWords(target)}` };
  const why = await store.beginDrill(policy.name, { drill: id, isReal }, now);
  return why === undefined ? undefined : { reason: 'drill-refused', why };
}

/** The drill for real that the target is in now. Where that cannot be read the incident counts as real: it must not wait. */
async function realDrillNow(target: Target, { store }: IntakePorts, now: Instant): Promise<string | undefined> {
  const real = await store.realDrill(target).catch(() => undefined);
  return real && isInTime(real, now) ? real.drill : undefined;
}

/** Starts a workflow of a drill: in shadow, under an id that no real incident has. An event that comes twice begins one. */
async function openDrill(
  policy: Policy,
  signal: DrillSignal,
  target: Target,
  alarm: string | undefined,
  ports: IntakePorts,
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

/** A drill that cannot be held is told to whoever began it, by the history, and to nobody else. */
async function rejectDrill(policy: Policy, signal: DrillSignal, { reason, why }: Refused, ports: IntakePorts, now: Instant): Promise<void> {
  const end = endFor(reason, why, 0);
  ports.metrics.drill(policy.name, end);
  await ports.history.write({
    ...{ at: iso(now), kind: 'rejected', policy: policy.name, text: `drill: ${why}`, symptom: policy.symptom },
    ...{ outcome: end.outcome, reason, event: signal.eventId, drill: signal.drill.id },
  });
}

/** The sweep comes by every few minutes; what it brings and cannot be taken in is recorded the first time, and what people are told of once a day. */
async function rejectOnce(
  policy: Policy,
  { alarmName, contributor, at }: Signal,
  refused: Refused,
  event: unknown,
  ports: IntakePorts,
  now: Instant,
): Promise<void> {
  const { reason, why, witness } = refused;
  const again = isTold(endFor(reason, why, 0, witness)) ? timesSaidAgain(at, now) : 0;
  const rejection = [iso(at), alarmName, contributor?.id ?? '', reason, ...(again > 0 ? [again] : [])].join('#');
  if (await ports.store.isRejectionNoted(policy.name, rejection)) return;
  await reject(policy, refused, event, ports, now);
  await ports.store.noteRejection(policy.name, rejection, now);
}

async function reject(policy: Policy, { reason, why, witness }: Refused, event: unknown, ports: IntakePorts, now: Instant): Promise<void> {
  const end = endFor(reason, why, 0, witness);
  const line: HistoryLine = {
    at: iso(now),
    kind: 'rejected',
    policy: policy.name,
    text: why,
    symptom: policy.symptom,
    outcome: end.outcome,
    reason,
    ...(witness && { witness }),
    event: kept(event),
  };
  ports.metrics.outcome(policy.name, end);
  await ports.history.write(line);
  if (!isTold(end)) return;
  const about = `an event of policy ${policy.name} (${policy.seen}); more of this kind within the hour are in the history alone`;
  await tellHourly(policy.name, (origin) => rejectionNotice(origin, policy, end, about, now), end.reason, ports, now);
}

/** Tells people once an hour of rejections of one kind: whoever sends a thousand such events sends one message. */
async function tellHourly(about: string, compose: Compose, reason: Reason, { store, notifier }: IntakePorts, now: Instant): Promise<void> {
  const hour = `${iso(now).slice(0, 'YYYY-MM-DDTHH'.length)}#${reason}`;
  if (!(await store.takeRejection(about, hour, now))) return;
  await notifier.publish(compose);
  await store.noteRejection(about, hour, now);
}

function kept(event: unknown): string {
  try {
    return (JSON.stringify(event) ?? 'nothing').slice(0, EVENT_KEPT_CHARACTERS);
  } catch (error) {
    // Thousands of levels deep, it is more than the stack takes.
    return `an event that cannot be written down: ${messageOf(error)}`;
  }
}
