import type { SweepPorts } from '../../lambdas/steps/sweep.ts';
import type { AllPorts } from './doubles/fake-ports.ts';

/** The ports of every step and of the sweep. */
export type SimulatedPorts = AllPorts & Pick<SweepPorts, 'broken' | 'repairNotes' | 'rules' | 'sweepMetrics'>;

/** What is only written to a function's own log. */
export const LOGGED_ONLY: readonly string[] = ['metrics', 'sweepMetrics'] satisfies readonly (keyof SimulatedPorts)[];
