import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { SweepMetrics } from '../../core/ports.ts';

/** The sweep's metrics by embedded metric format, with the pipeline as their only dimension. */
export function sweepMetrics(pipeline: string): SweepMetrics {
  const metrics = new Metrics({ namespace: 'SelfHealing', serviceName: pipeline });
  return {
    heartbeat: () => metrics.singleMetric().addMetric('Heartbeat', MetricUnit.Count, 1),
    repairs: (count) => metrics.singleMetric().addMetric('SweepRepairs', MetricUnit.Count, count),
  };
}
