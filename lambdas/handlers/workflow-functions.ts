import type { Instant } from '../core/duration.ts';
import { legibleState } from '../core/legible-state.ts';
import type { Next } from '../core/next.ts';
import type { WorkflowState } from '../core/workflow-state.ts';
import type { Remediator } from '../remediators/remediator.ts';
import { type AskPorts, ask } from '../steps/ask.ts';
import { type ConcludePorts, conclude } from '../steps/conclude.ts';
import { type GiveBackPorts, giveBack } from '../steps/give-back/act.ts';
import { considerGiveBack } from '../steps/give-back/consider.ts';
import { reportGiveBack } from '../steps/give-back/report.ts';
import { type RemediatePorts, remediate } from '../steps/remediate.ts';
import { type TriagePorts, triage } from '../steps/triage.ts';
import { type StepLogger, stepHandler } from './step-handler.ts';

/**
 * What each function of the workflow runs, with whatever ports and clock: on AWS, and in the simulation. Giving back follows the end of an
 * incident in the same execution, and its three steps are run by the functions that have the rights for them: triage's considers, the
 * remedy's acts, the conclusion's reports. Which of its two steps is due, the state itself says. So every version of a function runs
 * what an execution asks for that began under another version, also after a deployment is rolled back.
 */
const ofGivingBack = {
  triage: ['keep'],
  remediate: ['give-back'],
  conclude: ['keep', 'give-back', 'report-give-back'],
} as const satisfies Record<string, readonly Next['do'][]>;

function isGivingBack({ next }: WorkflowState, where: keyof typeof ofGivingBack): boolean {
  const steps: readonly string[] = ofGivingBack[where];
  return next !== undefined && steps.includes(next.do);
}

/** Triage: decides what happens next with an incident; after its end, whether what it added may be given back. */
export function triageOrConsider(state: WorkflowState, ports: TriagePorts, now: Instant): Promise<Next> {
  return isGivingBack(state, 'triage') ? considerGiveBack(state, ports, now) : triage(state, ports, now);
}

/** A remedy: climbs one rung of the ladder; after the end of the incident, gives back what the rung added. */
export function remediateOrGiveBack(
  state: WorkflowState,
  remediator: Remediator,
  document: string,
  ports: RemediatePorts & GiveBackPorts,
  now: Instant,
): Promise<Next> {
  const act = isGivingBack(state, 'remediate') ? giveBack : remediate;
  return act(state, remediator, document, ports, now);
}

/** The conclusion: ends an incident, however it ended; after that, the giving back of one change. */
export function concludeOrReport(state: WorkflowState, ports: ConcludePorts, now: Instant): Promise<Next> {
  return isGivingBack(state, 'conclude') ? reportGiveBack(state, ports, now) : conclude(state, ports, now);
}

/**
 * Runs the conclusion whatever version of the pipeline wrote its state: an execution that began before a
 * deployment ends after it.
 */
export function conclusionHandler(ports: ConcludePorts, clock?: () => Instant, logger?: StepLogger): (event: unknown) => Promise<Next> {
  return stepHandler(
    (state, now) => concludeOrReport(state, ports, now),
    clock,
    logger,
    (event, now) => legibleState(event, { now }),
  );
}

/** Asks people; the workflow goes on when the token that comes beside its state is given back. */
export function askHandler(
  pipeline: string,
  ports: AskPorts,
  clock?: () => Instant,
  logger?: StepLogger,
): (event: unknown) => Promise<void> {
  return (event) => {
    const { token, ...state } = event as { readonly token: string };
    return stepHandler((checked, now) => ask(checked, token, pipeline, ports, now), clock, logger)(state);
  };
}
