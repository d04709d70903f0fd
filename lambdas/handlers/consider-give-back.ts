import { historyLog } from '../adapters/cloudwatch-logs.ts';
import { type ConsiderPorts, considerGiveBack } from '../steps/give-back/consider.ts';
import { environment } from './environment.ts';
import { snapshotPorts } from './snapshot-ports.ts';
import { stepHandler } from './step-handler.ts';

const ports: ConsiderPorts = { ...snapshotPorts, history: historyLog(environment('HISTORY_LOG_GROUP'), 'consider-give-back') };

/** Decides whether what an incident's remedy added may be given back now. */
export const handler = stepHandler((state, now) => considerGiveBack(state, ports, now));
