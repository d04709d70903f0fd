import { claimedUntil } from '../core/claim.ts';
import { type Decision, decide } from '../core/decide.ts';
import { decideDeclared, decideStorm } from '../core/decide-storm.ts';
import { after, type Duration, type Instant, iso, milliseconds } from '../core/duration.ts';
import { Defect } from '../core/failure.ts';
import type { Snapshot } from '../core/guardrails/guardrail.ts';
import { incidentLine } from '../core/history-line.ts';
import { attemptToken, type Incident } from '../core/incident.ts';
import { conclude, type Next, triageAt, verifyAt, withNotes } from '../core/next.ts';
import { withName } from '../core/notice/notes.ts';
import type { Policy, Rung } from '../core/policy.ts';
import type { ClaimRequest, History, IncidentMetrics, Storms } from '../core/ports.ts';
import type { Target } from '../core/target.ts';
import { slotClaims } from '../core/touched-groups.ts';
import type { WorkflowState } from '../core/workflow-state.ts';
import { longestActOf } from '../remediators/longest-act-of.ts';
import { speakForStorm } from './diagnose-storm.ts';
import { readSnapshot, type SnapshotPorts } from './read-snapshot.ts';
import { declareStorm, noteArrival, readStorm, type StormState } from './read-storm.ts';
import { type OnTheWay, tellOfDecision } from './tell-on-the-way.ts';

/** What triage reads from, and what it writes to. */
export interface TriagePorts extends SnapshotPorts {
  readonly history: History;
  readonly metrics: IncidentMetrics;
  readonly storms: Storms;
}

type Remediate = Extract<Decision, { kind: 'remediate' }>;

/**
 * Reads the world, lets the guardrails decide, and where the answer is to remediate takes the claim.
 *
 * @param onTheWay How people hear of the incident before its end. @default - they do not
 */
export async function triage(state: WorkflowState, ports: TriagePorts, now: Instant, onTheWay?: OnTheWay): Promise<Next> {
  const { incident, policy } = state;
  const isNew = state.next === undefined;
  const [opened] = await Promise.all([ports.store.open(incident, isNew), isNew && noteArrival(state, ports.storms, now)]);
  // Somebody let an aborted workflow go on whose incident the sweep has concluded: its claims are gone, and people were told.
  if (opened.ending) return conclude(opened.ending.end);
  const [stormState, attempts] = await Promise.all([
    readStorm(state, ports.storms, now),
    isNew && opened.isNew ? [] : ports.store.attempts(incident.id),
  ]);
  const early = stormState && decideStorm({ incident, policy, stormRecord: stormState, attempts, isNew }, now);
  if (early) {
    await writeDecision(early, incident, ports, now);
    return early.kind === 'wait' ? triageAt(early.until) : conclude(early.end);
  }
  const snapshot = await readSnapshot(state, ports, now, { attempts, ...(stormState && { stormState }) });
  const decided = await decideUnmuted(snapshot, state, ports, now);
  const decision = await settled(decided, stormState, snapshot, state, ports, now);
  // What was decided by is read: the claim need not wait until the decision is written.
  const [line, followed] = await Promise.allSettled([
    writeDecision(decision, incident, ports, now),
    follow(decision, snapshot, state, ports, now),
  ]);
  const next = settledValue(followed);
  settledValue(line);
  const notes = withName(state.next?.notes, snapshot.facts.tags.Name);
  return withNotes(next, onTheWay ? await tellOfDecision(state, decision, next, attempts, notes, onTheWay, now) : notes);
}

/** An event says whether its alarm is muted. A decision within this time of it need not ask CloudWatch again. */
const SAID_WITHIN: Duration = { minutes: 1 };

/** Decides; where the answer is a change, or a question about one, by the mute rules, too, of which one may have begun since the event. */
async function decideUnmuted(snapshot: Snapshot, state: WorkflowState, { alarms }: TriagePorts, now: Instant): Promise<Decision> {
  const { incident, policy } = state;
  const decision = decide({ incident, policy, snapshot, now });
  const changes = (decision.kind === 'remediate' || decision.kind === 'ask') && rungOf(policy, decision.rung).acts;
  if (!changes || !mayBeMuted(state, now) || !(await alarms.isMuted(incident.alarmName))) return decision;
  return decide({ incident, policy, snapshot: { ...snapshot, muted: true }, now });
}

/** Whether a mute rule may be active of which the event did not say so: it began since, or the event was not of the alarm. */
function mayBeMuted({ incident, policy: { evidence }, next }: WorkflowState, now: Instant): boolean {
  if (evidence?.kind === 'status-check' || evidence?.kind === 'database-status') return false;
  return next !== undefined || evidence?.kind === 'alarm' || now > after(incident.openedAt, SAID_WITHIN);
}

async function follow(
  decision: Exclude<Decision, { kind: 'declare' }>,
  snapshot: Snapshot,
  state: WorkflowState,
  ports: TriagePorts,
  now: Instant,
): Promise<Next> {
  const { incident, policy } = state;
  switch (decision.kind) {
    case 'remediate':
      return claim(state, decision, snapshot, ports, now);
    case 'verify':
      return verifyAt(now, { rung: decision.rung, verifyBy: verifyBy(policy, decision.rung, now) });
    case 'watch':
      return incident.drill === undefined
        ? watch(policy, decision, ports, now)
        : { do: 'remediate', remedy: decision.remedy, rung: decision.rung, decidedAt: now };
    case 'ask':
      await ports.store.noteAsked(incident);
      return ask(decision, now);
    case 'wait':
      return triageAt(decision.until, {
        watched: snapshot.watched,
        goneSince: snapshot.symptom.kind === 'gone' ? (snapshot.goneSince ?? now) : undefined,
      });
    case 'end':
      return conclude(decision.end);
  }
}

/** Completes a decision that concerns a storm: declares one where the guardrails ask for it, and has the incident that leads it speak for all. */
async function settled(
  decision: Decision,
  stormState: StormState | undefined,
  snapshot: Snapshot,
  state: WorkflowState,
  ports: TriagePorts,
  now: Instant,
): Promise<Exclude<Decision, { kind: 'declare' }>> {
  const { incident, policy } = state;
  if (decision.kind === 'declare') {
    const question = { incident, policy, snapshot, now };
    return decideDeclared(question, await declareStorm(question, decision.why, stormState, ports));
  }
  const leads = stormState?.storm?.lead === incident.id;
  if (decision.kind !== 'end' || !leads) return decision;
  return { kind: 'end', end: await speakForStorm(state, decision.end, stormState, snapshot, ports, now) };
}

/** @throws the failure, once all that was begun with it has ended */
function settledValue<Value>(result: PromiseSettledResult<Value>): Value {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

async function writeDecision(decision: Decision, incident: Incident, { history }: TriagePorts, now: Instant): Promise<void> {
  await history.write(incidentLine('decision', incident, inWords(decision, incident), now, { decision }));
}

/** Takes lease and slot. Losing the race to another incident is an ordinary answer: look again and see it there. */
async function claim(
  { incident, policy, next }: WorkflowState,
  decision: Remediate,
  snapshot: Snapshot,
  ports: TriagePorts,
  now: Instant,
): Promise<Next> {
  const rung = rungOf(policy, decision.rung);
  const until = claimedUntil(now, rung, policy.probation, await longestActOf(rung));
  const answer = await ports.claims.claim({ incident, until, ...(rung.acts && changeOf(incident, policy, decision.rung, snapshot)) }, now);
  if (answer.kind === 'claimed') {
    return {
      // Another incident may have acted and let go between the reading and the claim: the step that acts counts again.
      ...{ do: 'remediate', remedy: decision.remedy, rung: decision.rung, decidedAt: now, actsKnown: snapshot.history.length },
      ...(decision.approvedBy && { approved: true as const }),
      ...(next?.do === 'triage' && next.lateSince !== undefined && { lateSince: next.lateSince }),
    };
  }
  const known = answer.to === 'ended' ? await ports.store.ending(incident.id) : undefined;
  if (known) return conclude(known.end);
  const text = `another incident took the ${answer.to}${answer.group === undefined ? '' : ` of ${answer.group}`} first; look again`;
  await ports.history.write(incidentLine('decision', incident, text, now, { lost: answer.to }));
  return triageAt(after(now, policy.guardrails.lookEvery));
}

function changeOf(incident: Incident, policy: Policy, rung: number, snapshot: Snapshot): Pick<ClaimRequest, 'change'> {
  const { budget } = policy.guardrails;
  const act = {
    slots: slotClaims(policy, snapshot),
    token: attemptToken(incident.id, rung),
    budget: { acts: budget.acts, perMilliseconds: milliseconds(budget.per) },
  };
  return { change: { act, ...containerOf(snapshot) } };
}

/** What contains the target, which a change of the target leaves no room for. */
export function containerOf({ container }: Snapshot): { readonly container?: Target } {
  return container ? { container: container.target } : {};
}

function rungOf(policy: Policy, number: number): Rung {
  const rung = policy.ladder[number];
  if (!rung) throw new Defect(`the ladder has no rung ${number}`, undefined);
  return rung;
}

/** No claim is taken in shadow, so that it holds up no other policy. */
function watch(policy: Policy, { rung }: Extract<Decision, { kind: 'watch' }>, ports: TriagePorts, now: Instant): Next {
  const climbed = rungOf(policy, rung);
  if (climbed.acts) ports.metrics.wouldAct(policy.name);
  const settled = after(now, climbed.settle);
  return verifyAt(settled, { rung, verifyBy: after(settled, climbed.verifyWithin), watch: true });
}

/** No claim is held while people think. */
function ask({ remedy, rung, until, because }: Extract<Decision, { kind: 'ask' }>, now: Instant): Next {
  const seconds = Math.max(1, Math.ceil((until - now) / 1_000));
  return { do: 'ask', remedy, rung, until: iso(until), seconds, ...(because !== undefined && { because }) };
}

/** A symptom that went away late gets the rung's time anew, for the probation that shows whether it stays away. */
function verifyBy(policy: Policy, rung: number, now: Instant): Instant {
  const { verifyWithin } = policy.ladder[rung] ?? { verifyWithin: policy.probation };
  return after(now, verifyWithin);
}

function inWords(decision: Decision, { drill }: Incident): string {
  switch (decision.kind) {
    case 'remediate': {
      const passed = decision.passedOver.map((rung) => rung + 1).join(', ');
      const approved = decision.approvedBy ? `, approved by ${decision.approvedBy.join(', ')}` : '';
      return `rung ${decision.rung + 1}: ${decision.remedy}${passed && `; passed over rung ${passed}, which failed here lately or seldom helps`}${approved}`;
    }
    case 'verify':
      return 'the symptom is gone; see whether it stays so';
    case 'watch':
      if (drill !== undefined) return `drill: would climb rung ${decision.rung + 1}, ${decision.remedy}; no guardrail objects`;
      return `shadow: would climb rung ${decision.rung + 1}, ${decision.remedy}; does nothing and watches whether the symptom passes`;
    case 'ask':
      return [
        `approval: asks until ${iso(decision.until)} whether to climb rung ${decision.rung + 1}, ${decision.remedy}`,
        decision.because === undefined ? '' : `, since it costs more than what is passed over: ${decision.because}`,
        decision.approvedBy ? `; approved so far by ${decision.approvedBy.join(', ')}` : '',
      ].join('');
    case 'wait':
      return `wait (${decision.reason}): ${decision.why}`;
    case 'declare':
      return `declare a storm: ${decision.why}`;
    case 'end':
      return `${decision.end.outcome} (${decision.end.reason}): ${decision.end.why}`;
  }
}
