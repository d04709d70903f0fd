import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { PROBE_NAMESPACE, type ProbeVerdict } from '../core/probe.ts';

/** Publishes what a probe found, by embedded metric format: the failed step is a property of the log line, not a billed dimension. */
export function publishDatabaseProbe(database: string, verdict: ProbeVerdict): void {
  const metrics = new Metrics({ namespace: PROBE_NAMESPACE });
  // Powertools gives every metric the dimension `service`; the alarm names the database alone.
  metrics.clearDefaultDimensions();
  metrics.addDimension('Database', database);
  metrics.addMetric('Reachable', MetricUnit.Count, verdict.reachable ? 1 : 0);
  // The time until a failure would only blur the picture of the answers.
  if (verdict.reachable) metrics.addMetric('Latency', MetricUnit.Milliseconds, verdict.latencyMilliseconds);
  metrics.addMetadata('FailedStep', verdict.failedStep ?? 'none');
  metrics.addMetadata('Why', verdict.why);
  metrics.publishStoredMetrics();
}
