import { Logger } from '@aws-lambda-powertools/logger';
import { agentSeries } from '../adapters/cloudwatch/agent-series.ts';
import { agentMetrics } from '../adapters/cloudwatch/metrics.ts';
import { instances } from '../adapters/ec2/instances.ts';
import { agentAssociations } from '../adapters/ssm/agent-associations.ts';
import { watchedAgentsSchema } from '../core/agent-watch.ts';
import { type AgentReport, watchAgents } from '../steps/watch-agents.ts';
import { environment } from './environment.ts';

const logger = new Logger({ serviceName: 'self-healing' });
const ports = {
  associations: agentAssociations(),
  series: agentSeries(),
  instances: instances(),
  metrics: agentMetrics(environment('PIPELINE')),
};

/** Runs on a schedule for each fleet, which the event names. */
export async function handler(event: unknown): Promise<AgentReport> {
  const report = await watchAgents(watchedAgentsSchema.parse(event), ports, Date.now());
  if (report.failed > 0 || report.silent.length > 0 || report.reach !== undefined) logger.info('looked at the agents', { report });
  return report;
}
