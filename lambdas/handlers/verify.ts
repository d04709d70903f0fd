import { autoScalingGroups } from '../adapters/auto-scaling.ts';
import { alarms } from '../adapters/cloudwatch/alarms.ts';
import { historyLog } from '../adapters/cloudwatch-logs.ts';
import { noDatabaseSessions } from '../adapters/databases/no-sessions.ts';
import { claims } from '../adapters/dynamodb/claims.ts';
import { incidentStore } from '../adapters/dynamodb/incident-store.ts';
import { incidentTable } from '../adapters/dynamodb/incident-table.ts';
import { instances } from '../adapters/ec2/instances.ts';
import { volumes } from '../adapters/ec2/volumes.ts';
import { loadBalancers } from '../adapters/elastic-load-balancing.ts';
import { databaseClusters } from '../adapters/rds/clusters.ts';
import { databases } from '../adapters/rds/databases.ts';
import { commands } from '../adapters/ssm/commands.ts';
import { runbooks } from '../adapters/ssm/runbooks.ts';
import { type VerifyPorts, verify } from '../steps/verify.ts';
import { environment } from './environment.ts';
import { stepHandler } from './step-handler.ts';

const table = incidentTable(environment('INCIDENT_TABLE'));
const ports: VerifyPorts = {
  alarms: alarms(),
  claims: claims(table),
  clusters: databaseClusters(),
  commands: commands(),
  databases: databases(),
  groups: autoScalingGroups(),
  history: historyLog(environment('HISTORY_LOG_GROUP'), 'verify'),
  instances: instances(),
  loadBalancers: loadBalancers(),
  runbooks: runbooks(),
  sessions: noDatabaseSessions,
  store: incidentStore(table),
  volumes: volumes(),
};

/** Looks whether an attempt worked. Its role can only read. */
export const handler = stepHandler((state, now) => verify(state, ports, now));
