import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { milliseconds } from '../core/duration.ts';
import type { IncidentMetrics } from '../core/ports.ts';

/** Metrics by embedded metric format: written to the function's log, from which CloudWatch takes them. */
export function incidentMetrics(pipeline: string): IncidentMetrics {
  const metrics = new Metrics({ namespace: 'SelfHealing', defaultDimensions: { pipeline } });
  return {
    outcome(policy, end) {
      const single = metrics.singleMetric();
      single.addDimensions({ pipeline, policy, outcome: end.outcome, reason: end.reason });
      single.addMetric('Outcomes', MetricUnit.Count, 1);
    },
    timeToFirstAction: (policy, span) => time(metrics, pipeline, policy, 'TimeToFirstAction', milliseconds(span)),
    timeToRecovery: (policy, span) => time(metrics, pipeline, policy, 'TimeToRecovery', milliseconds(span)),
  };
}

function time(metrics: Metrics, pipeline: string, policy: string, name: string, spanMilliseconds: number): void {
  const single = metrics.singleMetric();
  single.addDimensions({ pipeline, policy });
  single.addMetric(name, MetricUnit.Milliseconds, spanMilliseconds);
}
