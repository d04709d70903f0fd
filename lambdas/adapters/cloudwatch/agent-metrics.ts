import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { AgentMetrics } from '../../core/ports.ts';

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
