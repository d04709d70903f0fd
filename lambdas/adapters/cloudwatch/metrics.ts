import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { milliseconds } from '../../core/duration.ts';
import type { IncidentMetrics } from '../../core/ports.ts';

/** Metrics by embedded metric format: written to the function's log, from which CloudWatch takes them. */
export function incidentMetrics(pipeline: string): IncidentMetrics {
  // Powertools gives every metric the dimension `service`.
  const metrics = new Metrics({ namespace: 'SelfHealing', serviceName: pipeline });
  return {
    outcome(policy, end) {
      const single = metrics.singleMetric();
      single.addDimensions({ policy, outcome: end.outcome, reason: end.reason });
      single.addMetric('Outcomes', MetricUnit.Count, 1);
    },
    wouldAct(policy) {
      const single = metrics.singleMetric();
      single.addDimensions({ policy });
      single.addMetric('WouldAct', MetricUnit.Count, 1);
    },
    timeToFirstAction: (policy, span) => time(metrics, policy, 'TimeToFirstAction', milliseconds(span)),
    timeToRecovery: (policy, span) => time(metrics, policy, 'TimeToRecovery', milliseconds(span)),
  };
}

function time(metrics: Metrics, policy: string, name: string, spanMilliseconds: number): void {
  const single = metrics.singleMetric();
  single.addDimensions({ policy });
  single.addMetric(name, MetricUnit.Milliseconds, spanMilliseconds);
}
