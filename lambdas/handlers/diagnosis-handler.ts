import { DIAGNOSIS_SECONDS, type Diagnosis } from '../core/diagnosis.ts';
import type { Instant } from '../core/duration.ts';
import { diagnosticsAt } from '../diagnostics/registry.ts';
import { type DiagnosePorts, diagnose } from '../steps/diagnose.ts';
import { type StepLogger, stepHandler } from './step-handler.ts';

/** What is not read this long before the workflow goes on is left out, so that the rest reaches it. */
const SPARE_SECONDS = 5;

/** Runs the diagnostics of one place, with whatever ports and clock: on AWS, and in the simulation, where the workflow alone watches the time. */
export function diagnosisHandler(
  place: keyof typeof DIAGNOSIS_SECONDS,
  document: string,
  ports: DiagnosePorts,
  clock?: () => Instant,
  logger?: StepLogger,
  timeIsUp = () => passed(DIAGNOSIS_SECONDS[place] - SPARE_SECONDS),
): (event: unknown) => Promise<Diagnosis> {
  const settings = { diagnostics: diagnosticsAt(place), document, timeIsUp };
  return stepHandler((state, now) => diagnose(state, settings, ports, now), clock, logger);
}

function passed(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
}
