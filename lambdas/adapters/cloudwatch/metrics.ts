import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { milliseconds } from '../../core/duration.ts';
import type { AgentMetrics, HubMetrics, IncidentMetrics, PauseMetrics, SweepMetrics } from '../../core/ports.ts';
import { FAULT_METRIC, NOT_SET_UP_METRIC, PROBE_NAMESPACE } from '../../core/probe.ts';
import { faultNumber, type ProbeFault } from '../../core/probe-fault.ts';

/**
 * Metrics by embedded metric format: written to the function's log, from which CloudWatch takes them. Those of single incidents are written
 * only where they are wanted: each of their series is paid for by the hour, and the history says the same.
 */
export function incidentMetrics(pipeline: string, ofIncidents = false): IncidentMetrics {
  // Powertools gives every metric the dimension `service`.
  const metrics = new Metrics({ namespace: 'SelfHealing', serviceName: pipeline });
  const notSent = () => void metrics.singleMetric().addMetric('NotSent', MetricUnit.Count, 1);
  if (!ofIncidents) {
    const nothing = () => {};
    return { notSent, outcome: nothing, drill: nothing, wouldAct: nothing, timeToFirstAction: nothing, timeToRecovery: nothing };
  }
  return {
    notSent,
    outcome(policy, end) {
      const single = metrics.singleMetric();
      single.addDimensions({ policy, outcome: end.outcome, reason: end.reason });
      single.addMetric('Outcomes', MetricUnit.Count, 1);
    },
    drill(policy, end) {
      const single = metrics.singleMetric();
      single.addDimensions({ policy, outcome: end.outcome, reason: end.reason });
      single.addMetric('Drills', MetricUnit.Count, 1);
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

/** The sweep's metrics by embedded metric format, with the pipeline as their only dimension. */
export function sweepMetrics(pipeline: string): SweepMetrics {
  const metrics = new Metrics({ namespace: 'SelfHealing', serviceName: pipeline });
  return {
    heartbeat: () => metrics.singleMetric().addMetric('Heartbeat', MetricUnit.Count, 1),
    repairs: (count) => metrics.singleMetric().addMetric('SweepRepairs', MetricUnit.Count, count),
  };
}

/** Whether a pause lasts too long, with the pipeline as the only dimension. */
export function pauseMetrics(pipeline: string): PauseMetrics {
  const metrics = new Metrics({ namespace: 'SelfHealing', serviceName: pipeline });
  return { overdue: (isOverdue) => metrics.singleMetric().addMetric('PausedTooLong', MetricUnit.Count, isOverdue ? 1 : 0) };
}

/** Of how many pipelines of a hub people are to be told, with the hub as the only dimension. */
export function hubMetrics(hub: string): HubMetrics {
  const metrics = new Metrics({ namespace: 'SelfHealing', serviceName: hub });
  return {
    spread({ newlySilent, newlyUnconfirmed }) {
      metrics.singleMetric().addMetric('NewlySilentPipelines', MetricUnit.Count, newlySilent);
      metrics.singleMetric().addMetric('NewlyUnconfirmedPipelines', MetricUnit.Count, newlyUnconfirmed);
    },
  };
}

/** What is wrong with the agents of a fleet, by embedded metric format. */
export function agentMetrics(pipeline: string): AgentMetrics {
  const metrics = new Metrics({ namespace: 'SelfHealing', serviceName: pipeline });
  return {
    publish(fleet, { failed, silent }) {
      for (const [name, value] of [
        ['AgentsFailed', failed],
        ['AgentsSilent', silent],
      ] as const) {
        const single = metrics.singleMetric();
        single.addDimension('fleet', fleet);
        single.addMetric(name, MetricUnit.Count, value);
      }
    },
  };
}

/** What a run of a probe found, as its metrics show it. */
export interface ProbeReport {
  /** Undefined when what was probed is well. */
  readonly fault?: ProbeFault | undefined;
  readonly why: string;
  readonly latencyMilliseconds: number;
  /** Whether it was well at any time under the present configuration. */
  readonly everWell: boolean;
}

/** Publishes what a probe of a database found. */
export function publishDatabaseProbe(database: string, report: ProbeReport): void {
  publish('Database', database, 'Reachable', report);
}

/** Publishes what a probe of a URL found. */
export function publishHttpProbe(name: string, report: ProbeReport): void {
  publish('Probe', name, 'Availability', report);
}

/**
 * Metrics by embedded metric format: written to the function's log, from which CloudWatch takes them. What was never well has no
 * value of the first metric, since nothing can be said to have broken; it is not set up, and that has a metric of its own.
 */
function publish(dimension: string, value: string, up: string, { fault, why, latencyMilliseconds, everWell }: ProbeReport): void {
  const metrics = new Metrics({ namespace: PROBE_NAMESPACE });
  // Powertools gives every metric the dimension `service`; the alarms name the one dimension alone.
  metrics.clearDefaultDimensions();
  metrics.addDimension(dimension, value);
  metrics.addMetric(NOT_SET_UP_METRIC, MetricUnit.NoUnit, everWell ? 0 : faultNumber(fault));
  if (everWell) {
    metrics.addMetric(up, MetricUnit.Count, fault === undefined ? 1 : 0);
    metrics.addMetric(FAULT_METRIC, MetricUnit.NoUnit, faultNumber(fault));
  }
  // The time until a failure would only blur the picture of the answers.
  if (fault === undefined) metrics.addMetric('Latency', MetricUnit.Milliseconds, latencyMilliseconds);
  metrics.addMetadata('Why', why);
  metrics.addMetadata('FaultName', fault ?? 'none');
  metrics.publishStoredMetrics();
}
