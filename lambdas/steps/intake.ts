import * as z from 'zod';
import { isInTime } from '../core/drill-limit.ts';
import { type Instant, iso } from '../core/duration.ts';
import { Defect, messageOf } from '../core/failure.ts';
import { definedFields } from '../core/fields.ts';
import { inTodaysNames } from '../core/former-names.ts';
import { incidentLine } from '../core/history-line.ts';
import { type Policy, policySchema } from '../core/policy.ts';
import type {
  Databases,
  DeployedPolicies,
  History,
  IncidentMetrics,
  IncidentStore,
  LoadBalancers,
  ModeOverrides,
  Notifier,
  Workflow,
} from '../core/ports.ts';
import { endFor } from '../core/reasons.ts';
import { isDrillSignal, isRejection, issuesInWords, parseSignal, type Signal } from '../core/signal.ts';
import { type Target, targetInWords } from '../core/target.ts';
import { readTolerantly } from '../core/tolerant-reader.ts';
import { type ConfirmPorts, confirmSwept } from './confirm-swept.ts';
import { ofOwnDatabase } from './database-member.ts';
import { incidentId } from './incident-id.ts';
import { incidentOf } from './incident-of-signal.ts';
import { keptEvent } from './kept-event.ts';
import { openDrill, rejectDrill } from './open-drill.ts';
import { refusePolicy, reject, rejectOnce } from './reject-event.ts';
import { failuresOf, fulfilled, severalAtOnce } from './several-at-once.ts';
import { type SignalTargets, signalTargets } from './signal-targets.ts';
import { type Reminder, type SweptIncident, sweptIncident } from './swept-incident.ts';

export interface IntakePorts extends ConfirmPorts {
  readonly workflow: Workflow;
  readonly deployedPolicies: DeployedPolicies;
  readonly loadBalancers: LoadBalancers;
  readonly databases: Pick<Databases, 'describe'>;
  readonly history: History;
  readonly notifier: Notifier;
  readonly metrics: IncidentMetrics;
  readonly modes: Pick<ModeOverrides, 'read'>;
  readonly store: Pick<
    IncidentStore,
    'past' | 'isRejectionNoted' | 'noteRejection' | 'takeRejection' | 'beginDrill' | 'noteBreach' | 'realDrill'
  >;
}

/** What a rule sends: its policy, the event as it came, and the alarm whose events it lets in, which a drill does not name. */
export const deliverySchema = z.looseObject({ policy: policySchema, event: z.unknown(), alarm: z.string().optional() });

/** Reads what a rule sends, or tells what is wrong with it. */
export type DeliveryReader = (delivery: unknown) => z.ZodSafeParseResult<z.output<typeof deliverySchema>>;

/** Leaves out what this version does not know. */
const readDelivery: DeliveryReader = (delivery) => readTolerantly(deliverySchema, inTodaysNames(delivery));

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
      event: keptEvent(delivery),
    });
    throw new Defect(why, parsed.error);
  }
  const { policy, event, alarm } = parsed.data;
  // As it came: what the schema adds was not deployed.
  const standing = await ports.deployedPolicies.check(policy.name, (delivery as { policy: unknown }).policy, now);
  if (standing.kind !== 'deployed') return refusePolicy(policy.name, standing, event, ports, now);
  const told = parseSignal(event);
  const signal = isRejection(told) ? told : await ofOwnDatabase(policy, told, ports.databases);
  if (!signal) return;
  const answer = isRejection(signal) ? signal : await signalTargets(policy, signal, ports.loadBalancers, now);
  if ('reason' in answer) {
    if (isDrillSignal(signal)) return rejectDrill(policy, signal, answer, ports, now);
    return !isRejection(signal) && signal.swept
      ? rejectOnce(policy, signal, answer, event, ports, now)
      : reject(policy, answer, event, ports, now);
  }
  if (isDrillSignal(answer.signal)) {
    for (const target of answer.targets) await openDrill(policy, answer.signal, target, alarm, ports, now);
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

/** Opens the incidents of an alarm that the sweep found. Before the first of them AWS itself is asked whether it is so, once for all targets. */
async function openSwept(
  deployed: Deployed,
  { targets, signal }: SignalTargets,
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

/** The drill for real that the target is in now. Where that cannot be read the incident counts as real: it must not wait. */
async function realDrillNow(target: Target, { store }: IntakePorts, now: Instant): Promise<string | undefined> {
  const real = await store.realDrill(target).catch(() => undefined);
  return real && isInTime(real, now) ? real.drill : undefined;
}
