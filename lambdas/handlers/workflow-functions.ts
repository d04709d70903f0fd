import type { Instant } from '../core/duration.ts';
import { legibleState } from '../core/legible-state.ts';
import type { Next } from '../core/next.ts';
import { type AskPorts, ask } from '../steps/ask.ts';
import type { ConcludePorts } from '../steps/conclude.ts';
import { type ReportGiveBackPorts, reportGiveBack } from '../steps/give-back/report.ts';
import { concludeOrReport } from './former-give-back.ts';
import { type StateReader, type StepLogger, stepHandler } from './step-handler.ts';

type Handler = (event: unknown) => Promise<Next>;

/** As a step reads a state that it must end: what it can. */
export const legibly: StateReader = (event, now) => legibleState(event, { now });

/** Ends an incident, whatever version of the pipeline wrote its state: an execution that began before a deployment ends after it. */
export function conclusionHandler(ports: ConcludePorts, clock?: () => Instant, logger?: StepLogger, read: StateReader = legibly): Handler {
  return stepHandler((state, now) => concludeOrReport(state, ports, now), clock, logger, read);
}

/** Ends the giving back of one change, whatever version of the pipeline wrote its state. */
export function giveBackReportHandler(ports: ReportGiveBackPorts, clock?: () => Instant, logger?: StepLogger): Handler {
  return stepHandler((state, now) => reportGiveBack(state, ports, now), clock, logger, legibly);
}

/** Asks people; the workflow goes on when the token that comes beside its state is given back. */
export function askHandler(ports: AskPorts, clock?: () => Instant, logger?: StepLogger): (event: unknown) => Promise<void> {
  return (event) => {
    const { token, ...state } = event as { readonly token: string };
    return stepHandler((checked, now) => ask(checked, token, ports, now), clock, logger)(state);
  };
}
