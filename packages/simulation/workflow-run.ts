import { type Instant, iso } from '../../lambdas/core/duration.ts';
import { Defect } from '../../lambdas/core/failure.ts';
import { attemptToken } from '../../lambdas/core/incident.ts';
import type { Next } from '../../lambdas/core/next.ts';
import { type WorkflowState, workflowStateSchema } from '../../lambdas/core/workflow-state.ts';
import { remediatorNamed } from '../../lambdas/remediators/registry.ts';
import type { Remediator } from '../../lambdas/remediators/remediator.ts';
import { ask } from '../../lambdas/steps/ask.ts';
import { conclude } from '../../lambdas/steps/conclude.ts';
import { giveBack } from '../../lambdas/steps/give-back/act.ts';
import { considerGiveBack } from '../../lambdas/steps/give-back/consider.ts';
import { reportGiveBack } from '../../lambdas/steps/give-back/report.ts';
import { remediate } from '../../lambdas/steps/remediate.ts';
import { triage } from '../../lambdas/steps/triage.ts';
import { verify } from '../../lambdas/steps/verify.ts';
import { answerTo } from './doubles/fake-approvals.ts';
import type { AllPorts, World } from './doubles/fake-ports.ts';
import { type CallFault, unreliable } from './doubles/unreliable-ports.ts';

/** One execution of the workflow, at the state that is due next. */
export interface Execution {
  readonly state: WorkflowState;
  readonly due: Instant;
  readonly tries: number;
}

/** The random choices of a simulation: each call gives the next number from 0 to 99. */
export type Random = () => number;

/** As the workflow's definition has them: four repetitions, a few seconds apart. */
const REPETITIONS = 4;
const REPEAT_AFTER_MILLISECONDS = 5_000;

/** Steps due this close to each other run at the same time. */
const OVERLAP_MILLISECONDS = 2_000;

/** More steps than any simulation needs: a workflow that does not end is a failure, not a wait. */
const MOST_STEPS = 5_000;

/**
 * Runs workflows on a virtual clock with the real steps, as Step Functions does: due steps overlap, each may be killed,
 * lose an answer or be delivered twice, and is then repeated; a step that fails for good leads to Conclude.
 */
export async function simulate(world: World, first: readonly Execution[], roll: Random, onTime: (now: Instant) => void): Promise<void> {
  let running = [...first];
  for (let steps = 0; running.length > 0; steps += 1) {
    if (steps > MOST_STEPS) throw new Error(`${running.length} workflows do not end, at ${JSON.stringify(running[0]?.state.next)}`);
    const now = Math.min(...running.map(({ due }) => due));
    onTime(now);
    const due = running.filter((execution) => execution.due <= now + OVERLAP_MILLISECONDS);
    const later = await Promise.all(due.map((execution) => advance(world, execution, roll)));
    running = [...running.filter((execution) => !due.includes(execution)), ...later.flatMap((execution) => execution ?? [])];
  }
}

async function advance(world: World, { state, due, tries }: Execution, roll: Random): Promise<Execution | undefined> {
  const isLastTry = tries >= REPETITIONS;
  const isReport = state.error !== undefined || state.next?.do === 'conclude' || state.next?.do === 'report-give-back';
  try {
    if (state.next?.do === 'ask' && state.error === undefined) return await askPeople(world, state, state.next, due, roll);
    const next = await runStep(state, unreliable(world.ports, isLastTry && isReport ? undefined : someCallFault(roll), delays(roll)), due);
    const delivered = roll() < 15 ? await runStep(state, unreliable(world.ports, undefined, delays(roll)), due) : next;
    if (delivered.do === 'end') return undefined;
    const at = 'at' in delivered ? Date.parse(delivered.at) : due;
    return { state: { incident: state.incident, policy: state.policy, next: delivered }, due: Math.max(at, due), tries: 0 };
  } catch (error) {
    if (!isLastTry && !(error instanceof Defect)) return { state, due: due + REPEAT_AFTER_MILLISECONDS, tries: tries + 1 };
    if (isReport) throw error;
    return { state: { ...state, error: { Error: (error as Error).name, Cause: (error as Error).message } }, due, tries: 0 };
  }
}

/** Asks, and goes to triage when the question is decided or its time is up; people answer as they like, or not at all. */
async function askPeople(
  world: World,
  state: WorkflowState,
  next: Extract<Next, { do: 'ask' }>,
  due: Instant,
  roll: Random,
): Promise<Execution> {
  await ask(state, `token-${roll()}`, unreliable(world.ports, someCallFault(roll), delays(roll)), due);
  const until = Date.parse(next.until);
  const question = attemptToken(state.incident.id, next.rung);
  const wakes = Math.min(until, due + roll() * 15_000);
  for (const voter of ['anna', 'ben']) {
    const said = roll();
    if (said < 80) answerTo(world.approvals, question, { voter, who: `arn:${voter}`, answer: said < 70 ? 'approve' : 'deny', at: wakes });
  }
  return { state: { ...state, next: { do: 'triage', at: iso(wakes) } }, due: wakes, tries: 0 };
}

/** What goes in is JSON, as between the states of a workflow. */
async function runStep(given: WorkflowState, ports: AllPorts, now: Instant): Promise<Next> {
  const state = workflowStateSchema.parse(JSON.parse(JSON.stringify(given)));
  const { next, error } = state;
  switch (next?.do) {
    case 'keep':
      return (error ? reportGiveBack : considerGiveBack)(state, ports, now);
    case 'give-back':
      return error ? reportGiveBack(state, ports, now) : giveBack(state, remedyOf(next), 'none', ports, now);
    case 'report-give-back':
      return reportGiveBack(state, ports, now);
  }
  if (error !== undefined || next?.do === 'conclude') return conclude(state, ports, now);
  if (next?.do === 'verify') return verify(state, ports, now);
  if (next?.do !== 'remediate') return triage(state, ports, now);
  return remediate(state, remedyOf(next), `healing-${next.remedy}`, ports, now);
}

function remedyOf({ remedy }: { readonly remedy: string }): Remediator {
  const remediator = remediatorNamed(remedy);
  if (!remediator) throw new Defect(`no remedy ${remedy}`, undefined);
  return remediator;
}

function someCallFault(roll: Random): CallFault | undefined {
  if (roll() >= 25) return undefined;
  return { at: roll() % 12, when: roll() < 50 ? 'before' : 'after', kind: roll() < 50 ? 'killed' : 'lost' };
}

function delays(roll: Random): () => number {
  return () => roll() % 4;
}
