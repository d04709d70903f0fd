import { heldUntil } from '../core/claim.ts';
import { after, type Instant } from '../core/duration.ts';
import { Defect, messageOf, TargetGone, TryAgain } from '../core/failure.ts';
import { incidentLine } from '../core/history-line.ts';
import { type Attempt, attemptToken } from '../core/incident.ts';
import { isStillAllowed } from '../core/mode.ts';
import { conclude, type Next, triageAt, verifyAt } from '../core/next.ts';
import type { Rung } from '../core/policy.ts';
import type { History, IncidentMetrics, IncidentStore, ModeOverrides, PauseSwitch, RemedyPorts } from '../core/ports.ts';
import { endFor } from '../core/reasons.ts';
import { issuesInWords } from '../core/signal.ts';
import type { WorkflowState } from '../core/workflow-state.ts';
import { isRefusal, longestAct, type Refusal, type Remediator } from '../remediators/remediator.ts';

export interface RemediatePorts extends RemedyPorts {
  readonly history: History;
  readonly metrics: IncidentMetrics;
  readonly modes: ModeOverrides;
  readonly pauseSwitch: PauseSwitch;
  readonly store: IncidentStore;
}

/** One run of one rung, as far as it is known before the remedy looks. */
interface Run {
  readonly state: WorkflowState;
  readonly remediator: Remediator;
  readonly rung: Rung;
  readonly number: number;
  /** Whether people approved it. */
  readonly approved: boolean;
  readonly params: unknown;
  /** Physical name of the remedy's Command document. */
  readonly document: string;
  readonly before: readonly Attempt[];
}

/**
 * Climbs one rung: observe, plan, write the attempt, act. The attempt is written first, because most acts have no
 * idempotency token: whoever finds it written never acts again but looks up what became of it.
 */
export async function remediate(
  state: WorkflowState,
  remediator: Remediator,
  document: string,
  ports: RemediatePorts,
  now: Instant,
): Promise<Next> {
  const run = await runOf(state, remediator, document, ports.store);
  const known = run.before.find((attempt) => attempt.rung === run.number);
  if (known) return resume(run, known, ports, now);
  const observed = await remediator.observe(state.incident.target, run.params, ports, undefined, document);
  const plan = remediator.plan(observed, run.params);
  if (isRefusal(plan)) return refuse(run, plan, ports, now);
  const pause = await ports.pauseSwitch.read();
  if (pause.kind === 'paused') return conclude(endFor('paused', pause.why, changes(run)));
  if (remediator.acts && !isStillAllowed(state.policy.mode, await ports.modes.read(state.policy.name), run.approved)) return triageAt(now);
  const attempt: Attempt = {
    ...attemptOf(run, now),
    acts: remediator.acts,
    ...(remediator.enabling && { enabling: remediator.enabling }),
    plan,
    deed: remediator.deed(plan),
  };
  const recorded = await ports.store.record(attempt, heldFrom(run, now), now);
  if (recorded === 'known') return remediate(state, remediator, document, ports, now);
  if (recorded === 'lease-lost') return triageAt(now);
  return act(run, attempt, ports, now);
}

async function runOf(state: WorkflowState, remediator: Remediator, document: string, store: IncidentStore): Promise<Run> {
  if (state.next?.do !== 'remediate') throw new Defect('the workflow did not say which rung to climb', undefined);
  const number = state.next.rung;
  const rung = state.policy.ladder[number];
  if (rung?.remedy !== remediator.name) throw new Defect(`rung ${number} is ${rung?.remedy}, not ${remediator.name}`, undefined);
  const params = remediator.params.safeParse(rung.params);
  if (!params.success) throw new Defect(`parameters of ${remediator.name}: ${issuesInWords(params.error)}`, params.error);
  const before = await store.attempts(state.incident.id);
  return { state, remediator, rung, number, approved: state.next.approved === true, params: params.data, document, before };
}

function attemptOf({ state: { incident }, remediator, number }: Run, at: Instant): Omit<Attempt, 'acts' | 'plan' | 'deed'> {
  return {
    token: attemptToken(incident.id, number),
    incident: incident.id,
    policy: incident.policy,
    target: incident.target,
    rung: number,
    remedy: remediator.name,
    at,
  };
}

async function act(run: Run, attempt: Attempt, ports: RemediatePorts, now: Instant): Promise<Next> {
  const { incident } = run.state;
  await ports.history.write(incidentLine('attempt', incident, `about to ${attempt.deed}`, now, fields(attempt)));
  if (attempt.acts && changes(run) === 0) ports.metrics.timeToFirstAction(incident.policy, { seconds: (now - incident.openedAt) / 1_000 });
  const answer = await execute(run, attempt, ports);
  if ('error' in answer)
    return isNotCarriedOut(answer.error)
      ? failed(run, attempt, answer.error, ports, now)
      : uncertain(run, attempt, answer.error, ports, now);
  await ports.store.recordReceipt(attempt, answer.receipt);
  await ports.history.write(incidentLine('acted', incident, attempt.deed, now, { ...fields(attempt), receipt: answer.receipt }));
  return settle(run, attempt, now);
}

async function execute(run: Run, attempt: Attempt, ports: RemediatePorts): Promise<{ receipt: unknown } | { error: unknown }> {
  try {
    return { receipt: await run.remediator.execute(orderOf(run, attempt), ports) };
  } catch (error) {
    return { error };
  }
}

/** AWS answered that it did not do it. */
export function isNotCarriedOut(error: unknown): boolean {
  return error instanceof Defect || error instanceof TargetGone || error instanceof TryAgain;
}

async function failed(run: Run, attempt: Attempt, error: unknown, ports: RemediatePorts, now: Instant): Promise<Next> {
  await ports.store.recordResult(attempt, 'failed', messageOf(error));
  await ports.history.write(
    incidentLine('acted', run.state.incident, `could not ${attempt.deed}: ${messageOf(error)}`, now, fields(attempt)),
  );
  return triageAt(now);
}

/** The answer was lost. The symptom will tell; the act is never repeated. */
async function uncertain(run: Run, attempt: Attempt, error: unknown, ports: RemediatePorts, now: Instant): Promise<Next> {
  const text = `${attempt.deed}: whether it took place is not known (${messageOf(error)})`;
  await ports.history.write(incidentLine('acted', run.state.incident, text, now, { ...fields(attempt), uncertain: true }));
  return settle(run, attempt, now);
}

/** The attempt was written by an earlier run, which may have died before or after the act. */
async function resume(run: Run, attempt: Attempt, ports: RemediatePorts, now: Instant): Promise<Next> {
  if (attempt.result !== undefined) return triageAt(now);
  if (attempt.receipt !== undefined) return settle(run, attempt, now);
  const receipt = await run.remediator.recall?.(orderOf(run, attempt), ports);
  if (receipt !== undefined) await ports.store.recordReceipt(attempt, receipt);
  const text =
    receipt === undefined
      ? 'was interrupted; whether it took place is not known, and it is not repeated'
      : 'took place before the interruption';
  await ports.history.write(
    incidentLine('acted', run.state.incident, `${attempt.deed}: ${text}`, now, { ...fields(attempt), receipt, interrupted: true }),
  );
  return settle(run, attempt, now);
}

/** A remedy that cannot help leaves a mark, so that the ladder goes on; one that could do harm ends the incident. */
async function refuse(run: Run, { refusal, why }: Refusal, ports: RemediatePorts, now: Instant): Promise<Next> {
  const { incident } = run.state;
  const text = `${run.remediator.name} refuses (${refusal}): ${why}`;
  await ports.history.write(incidentLine('decision', incident, text, now, { remedy: run.remediator.name, refusal }));
  if (refusal === 'unsafe-to-act') return conclude(endFor('unsafe-to-act', `${run.remediator.name}: ${why}`, changes(run)));
  const mark: Attempt = { ...attemptOf(run, now), acts: false, plan: {}, deed: run.remediator.name, result: 'not-applicable', why };
  await ports.store.record(mark, now, now);
  return triageAt(now);
}

/** The claim is counted from the act, however long it has taken to come to it. */
function heldFrom({ state: { policy }, remediator, rung, params }: Run, now: Instant): Instant {
  return heldUntil(now, rung, policy.probation, longestAct(remediator, params));
}

function settle({ rung, number }: Run, attempt: Attempt, now: Instant): Next {
  const settled = Math.max(now, after(attempt.at, rung.settle));
  return verifyAt(settled, { rung: number, verifyBy: after(settled, rung.verifyWithin) });
}

function changes({ before }: Run): number {
  return before.filter((attempt) => attempt.acts).length;
}

function orderOf({ document, state }: Run, { plan, token }: Attempt) {
  return { target: state.incident.target, plan, token, document };
}

function fields({ remedy, rung, token }: Attempt): Record<string, unknown> {
  return { remedy, rung, token };
}
