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

/** What `next` says only after the end of an incident. */
const AFTER_THE_END = ['keep', 'give-back', 'report-give-back'];

/** Decides what happens next with an incident, or after it with what a remedy added. */
export function decideDue(state: WorkflowState, ports: TriagePorts, now: Instant): Promise<Next> {
  return (state.next?.do === 'keep' ? considerGiveBack : triage)(state, ports, now);
}

/** Climbs one rung, or gives back what the remedy added. */
export function actDue(
  state: WorkflowState,
  remediator: Remediator,
  document: string,
  ports: RemediatePorts & GiveBackPorts,
  now: Instant,
): Promise<Next> {
  return (state.next?.do === 'give-back' ? giveBack : remediate)(state, remediator, document, ports, now);
}

/**
 * Ends an incident as `reportDue` does, whatever version of the pipeline wrote its state: an execution that began before a
 * deployment ends after it.
 */
export function reportHandler(ports: ConcludePorts, clock?: () => Instant, logger?: StepLogger): (event: unknown) => Promise<Next> {
  return stepHandler(
    (state, now) => reportDue(state, ports, now),
    clock,
    logger,
    (event, now) => legibleState(event, { now }),
  );
}

/** Ends an incident, however it ended, and after it the giving back of what a remedy added. */
export function reportDue(state: WorkflowState, ports: ConcludePorts, now: Instant): Promise<Next> {
  return (AFTER_THE_END.includes(state.next?.do ?? '') ? reportGiveBack : conclude)(state, ports, now);
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
