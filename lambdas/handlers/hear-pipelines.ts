import { historyLog } from '../adapters/cloudwatch-logs.ts';
import { incidentTable } from '../adapters/dynamodb/incident-table.ts';
import { knownPipelines } from '../adapters/dynamodb/known-pipelines.ts';
import { type HearPipelinePorts, hearPipeline } from '../steps/hub/hear-pipeline.ts';
import { environment } from './environment.ts';

const ports: HearPipelinePorts = {
  pipelines: knownPipelines(incidentTable(environment('KNOWN_PIPELINES'))),
  history: historyLog(environment('HISTORY_LOG_GROUP'), 'pipelines'),
};

/** Target of the rule on the bus of a hub. */
export const handler = (event: unknown): Promise<void> => hearPipeline(event, ports, Date.now());
