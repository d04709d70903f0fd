import type { IncidentMetrics } from '../../../lambdas/core/ports.ts';

/** Metrics that nobody reads. */
export const silentMetrics: IncidentMetrics = {
  outcome: () => {},
  drill: () => {},
  timeToFirstAction: () => {},
  timeToRecovery: () => {},
  wouldAct: () => {},
  notSent: () => {},
};
