import type { Instant } from '../core/duration.ts';
import type { Next } from '../core/next.ts';
import type { WorkflowState } from '../core/workflow-state.ts';
import type { Remediator } from '../remediators/remediator.ts';
import { type ConcludePorts, conclude } from '../steps/conclude.ts';
import { type GiveBackPorts, giveBack } from '../steps/give-back/act.ts';
import { considerGiveBack } from '../steps/give-back/consider.ts';
import { reportGiveBack } from '../steps/give-back/report.ts';
import { type RemediatePorts, remediate } from '../steps/remediate.ts';
import type { OnTheWay } from '../steps/tell-on-the-way.ts';
import { type TriagePorts, triage } from '../steps/triage.ts';

/**
 * Answers executions that began before giving back had functions of its own. They keep their definition, which gives back by the functions
 * of the incident: triage's considers, the remedy's acts, the conclusion's reports, and the state says which of two steps is meant. Such an
 * execution lasts three days at most, so this file can go when every pipeline has had the functions for three days; its callers then
 * call their own step alone.
 */
const formerly = {
  triage: ['keep'],
  remediate: ['give-back'],
  conclude: ['keep', 'give-back', 'report-give-back'],
} as const satisfies Record<string, readonly Next['do'][]>;

function isFormerly({ next }: WorkflowState, where: keyof typeof formerly): boolean {
  const steps: readonly string[] = formerly[where];
  return next !== undefined && steps.includes(next.do);
}

export function triageOrConsider(state: WorkflowState, ports: TriagePorts, now: Instant, onTheWay?: OnTheWay): Promise<Next> {
  return isFormerly(state, 'triage') ? considerGiveBack(state, ports, now) : triage(state, ports, now, onTheWay);
}

export function remediateOrGiveBack(
  state: WorkflowState,
  remediator: Remediator,
  document: string,
  ports: RemediatePorts & GiveBackPorts,
  now: Instant,
): Promise<Next> {
  const step = isFormerly(state, 'remediate') ? giveBack : remediate;
  return step(state, remediator, document, ports, now);
}

export function concludeOrReport(state: WorkflowState, ports: ConcludePorts, now: Instant): Promise<Next> {
  return isFormerly(state, 'conclude') ? reportGiveBack(state, ports, now) : conclude(state, ports, now);
}
