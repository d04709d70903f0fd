import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { HttpVerdict } from '../core/http-probe.ts';
import { PROBE_NAMESPACE, type ProbeVerdict } from '../core/probe.ts';

/** Publishes what a probe of a database found. The failed step is a property of the log line, not a billed dimension. */
export function publishDatabaseProbe(database: string, verdict: ProbeVerdict): void {
  const metrics = metricsOf('Database', database);
  metrics.addMetric('Reachable', MetricUnit.Count, verdict.reachable ? 1 : 0);
  // The time until a failure would only blur the picture of the answers.
  if (verdict.reachable) metrics.addMetric('Latency', MetricUnit.Milliseconds, verdict.latencyMilliseconds);
  metrics.addMetadata('FailedStep', verdict.failedStep ?? 'none');
  metrics.addMetadata('Why', verdict.why);
  metrics.publishStoredMetrics();
}

/** Publishes what a probe of a URL found. */
export function publishHttpProbe(name: string, verdict: HttpVerdict): void {
  const metrics = metricsOf('Probe', name);
  metrics.addMetric('Availability', MetricUnit.Count, verdict.available ? 1 : 0);
  if (verdict.available) metrics.addMetric('Latency', MetricUnit.Milliseconds, verdict.milliseconds);
  metrics.addMetadata('Why', verdict.why);
  metrics.publishStoredMetrics();
}

/** Metrics by embedded metric format: written to the function's log, from which CloudWatch takes them. */
function metricsOf(dimension: string, value: string): Metrics {
  const metrics = new Metrics({ namespace: PROBE_NAMESPACE });
  // Powertools gives every metric the dimension `service`; the alarms name the one dimension alone.
  metrics.clearDefaultDimensions();
  metrics.addDimension(dimension, value);
  return metrics;
}
