import { comesOnce } from '../core/comes-once.ts';
import { type Instant, iso } from '../core/duration.ts';
import type { HistoryLine } from '../core/history-line.ts';
import { rejectionNotice, unknownPolicyNotice } from '../core/notice/rejection.ts';
import type { Policy } from '../core/policy.ts';
import { isUnderWay, type PolicyStanding } from '../core/policy-record.ts';
import type { Compose, History, IncidentMetrics, IncidentStore, Notifier } from '../core/ports.ts';
import { endFor, isTold, type Reason, timesSaidAgain } from '../core/reasons.ts';
import type { Signal } from '../core/signal.ts';
import { keptEvent } from './kept-event.ts';
import type { Refused } from './signal-targets.ts';

export interface RejectPorts {
  readonly history: History;
  readonly notifier: Notifier;
  readonly metrics: IncidentMetrics;
  readonly store: Pick<IncidentStore, 'isRejectionNoted' | 'noteRejection' | 'takeRejection'>;
}

/** Records an event that opens no incident, and tells people of it where its reason says so, once an hour. */
export async function reject(
  policy: Policy,
  { reason, why, witness }: Refused,
  event: unknown,
  ports: RejectPorts,
  now: Instant,
): Promise<void> {
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
    event: keptEvent(event),
  };
  ports.metrics.outcome(policy.name, end);
  await ports.history.write(line);
  if (!isTold(end)) return;
  const about = `an event of policy ${policy.name} (${policy.seen}); more of this kind within the hour are in the history alone`;
  await tellHourly(policy.name, (origin) => rejectionNotice(origin, policy, end, about, now), end.reason, ports, now);
}

/** The same for what the sweep brings every few minutes: it is recorded the first time, and, where people are told of it, again once a day. */
export async function rejectOnce(
  policy: Policy,
  { alarmName, contributor, at }: Signal,
  refused: Refused,
  event: unknown,
  ports: RejectPorts,
  now: Instant,
): Promise<void> {
  const { reason, why, witness } = refused;
  const again = isTold(endFor(reason, why, 0, witness)) ? timesSaidAgain(at, now) : 0;
  const rejection = [iso(at), alarmName, contributor?.id ?? '', reason, ...(again > 0 ? [again] : [])].join('#');
  if (await ports.store.isRejectionNoted(policy.name, rejection)) return;
  await reject(policy, refused, event, ports, now);
  await ports.store.noteRejection(policy.name, rejection, now);
}

/**
 * Refuses a policy that was not deployed: whoever may make a rule can put any policy into it. People are told once an hour of each name that
 * this pipeline has, and once an hour of all other names together, so that made-up names cannot flood them. During a deployment only what
 * comes once is told: a retry would bring the same policy.
 */
export async function refusePolicy(
  name: string,
  standing: Exclude<PolicyStanding, { kind: 'deployed' }>,
  event: unknown,
  ports: RejectPorts,
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
    event: keptEvent(event),
  });
  if (!isTold(end)) return;
  const about = standing.kind === 'unknown' ? '(unknown)' : name;
  await tellHourly(about, (origin) => unknownPolicyNotice(origin, name, end, now), end.reason, ports, now);
}

/** Tells people once an hour of rejections of one kind: whoever sends a thousand such events sends one message. */
async function tellHourly(about: string, compose: Compose, reason: Reason, { store, notifier }: RejectPorts, now: Instant): Promise<void> {
  const hour = `${iso(now).slice(0, 'YYYY-MM-DDTHH'.length)}#${reason}`;
  if (!(await store.takeRejection(about, hour, now))) return;
  await notifier.publish(compose);
  await store.noteRejection(about, hour, now);
}
