import type { Instant } from '../../lambdas/core/duration.ts';
import type { Next } from '../../lambdas/core/next.ts';
import type { End } from '../../lambdas/core/reasons.ts';
import type { WorkflowState } from '../../lambdas/core/workflow-state.ts';
import { remediatorNamed } from '../../lambdas/remediators/registry.ts';
import { conclude } from '../../lambdas/steps/conclude.ts';
import { giveBack } from '../../lambdas/steps/give-back/act.ts';
import { considerGiveBack } from '../../lambdas/steps/give-back/consider.ts';
import { reportGiveBack } from '../../lambdas/steps/give-back/report.ts';
import { remediate } from '../../lambdas/steps/remediate.ts';
import { triage } from '../../lambdas/steps/triage.ts';
import { verify } from '../../lambdas/steps/verify.ts';
import type { World } from './doubles/fake-ports.ts';

/** Far more steps than an incident of a few hours has. */
const MOST_STEPS = 5_000;

/** What one look of a workflow was, and when. */
export interface Step {
  readonly at: Instant;
  readonly next: Next;
}

/**
 * Follows one incident through the pipeline's own steps on a clock of its own: waits are over at once, and the world is what `live`
 * makes of it before each step. Answers every step.
 */
export async function driven(
  started: WorkflowState,
  world: World,
  from: Instant,
  live: (now: Instant) => void = () => {},
): Promise<Step[]> {
  const steps: Step[] = [];
  let next: Next | undefined;
  let now = from;
  while (next?.do !== 'end') {
    if (steps.length >= MOST_STEPS) throw new Error(`the incident has not ended after ${MOST_STEPS} steps`);
    if (next && 'at' in next) now = Math.max(now, Date.parse(next.at));
    live(now);
    next = await stepAfter(next, { ...started, ...(next && { next }) }, world, now);
    steps.push({ at: now, next });
  }
  return steps;
}

/** How it ended. */
export function endOf(steps: readonly Step[]): End | undefined {
  const last = steps.at(-1)?.next;
  return last?.do === 'end' ? last.end : undefined;
}

function stepAfter(next: Next | undefined, state: WorkflowState, { ports }: World, now: Instant): Promise<Next> {
  switch (next?.do) {
    case undefined:
    case 'triage':
      return triage(state, ports, now);
    case 'keep':
      return considerGiveBack(state, ports, now);
    case 'verify':
      return verify(state, ports, now);
    case 'remediate':
    case 'give-back': {
      const remediator = remediatorNamed(next.remedy);
      if (!remediator) throw new Error(`there is no remediator ${next.remedy}`);
      const step = next.do === 'remediate' ? remediate : giveBack;
      return step(state, remediator, `document-of-${next.remedy}`, ports, now);
    }
    case 'conclude':
    case 'end':
      return conclude(state, ports, now);
    case 'report-give-back':
      return reportGiveBack(state, ports, now);
    case 'ask':
      throw new Error('nobody answers');
  }
}
