import { Logger } from '@aws-lambda-powertools/logger';
import { hubMetrics } from '../adapters/cloudwatch/metrics.ts';
import { incidentTable } from '../adapters/dynamodb/incident-table.ts';
import { knownPipelines } from '../adapters/dynamodb/known-pipelines.ts';
import { pipelineBuses } from '../adapters/eventbridge.ts';
import { hubSwitch } from '../adapters/ssm/pause-switch.ts';
import { type SpreadPausePorts, type SpreadReport, spreadPause } from '../steps/hub/spread-pause.ts';
import { environment } from './environment.ts';

const logger = new Logger({ serviceName: 'self-healing' });
const metrics = hubMetrics(environment('HUB'));
const ports: SpreadPausePorts = {
  async setting() {
    const said = await hubSwitch(environment('PAUSE_PARAMETER'));
    return said && { ...said, hub: environment('HUB_BUS') };
  },
  pipelines: knownPipelines(incidentTable(environment('KNOWN_PIPELINES'))),
  buses: pipelineBuses(environment('PARTITION')),
};

/** Runs every minute, and as soon as the switch is set. */
export async function handler(): Promise<SpreadReport> {
  const report = await spreadPause(ports, Date.now());
  metrics.spread(report);
  logger.info('spread', { report });
  return report;
}
