import { incidentMetrics } from '../adapters/cloudwatch/metrics.ts';
import { historyLog } from '../adapters/cloudwatch-logs.ts';
import type { NotSentPorts } from '../steps/not-sent.ts';
import { recordNotSent } from '../steps/record-not-sent.ts';
import { environment } from './environment.ts';

const ports: NotSentPorts = {
  history: historyLog(environment('HISTORY_LOG_GROUP'), 'record-not-sent'),
  metrics: incidentMetrics(environment('PIPELINE')),
};

/** Reads the queue of what could not be delivered. */
export const handler = ({ Records }: { readonly Records: readonly unknown[] }): Promise<void> => recordNotSent(Records, ports, Date.now());
