import { alarms } from '../adapters/cloudwatch/alarms.ts';
import { historyLog } from '../adapters/cloudwatch-logs.ts';
import { claims } from '../adapters/dynamodb/claims.ts';
import { incidentStore } from '../adapters/dynamodb/incident-store.ts';
import { incidentTable } from '../adapters/dynamodb/incident-table.ts';
import { type VerifyPorts, verify } from '../steps/verify.ts';
import { allRemedyPorts } from './all-remedy-ports.ts';
import { environment } from './environment.ts';
import { onTheWay } from './notices.ts';
import { stepHandler } from './step-handler.ts';
import { loadBalancers } from './when-used/load-balancers.ts';

const table = incidentTable(environment('INCIDENT_TABLE'));
const history = historyLog(environment('HISTORY_LOG_GROUP'), 'verify');
const told = onTheWay(history);
const ports: VerifyPorts = {
  ...allRemedyPorts,
  alarms: alarms(),
  claims: claims(table),
  history,
  loadBalancers: loadBalancers(),
  store: incidentStore(table),
};

/** Looks whether an attempt worked. Its role can only read, and tell. */
export const handler = stepHandler((state, now) => verify(state, ports, now, told));
