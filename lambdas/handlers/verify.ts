import { autoScalingGroups } from '../adapters/auto-scaling.ts';
import { runbooks } from '../adapters/automation.ts';
import { claims } from '../adapters/claims.ts';
import { alarms } from '../adapters/cloudwatch.ts';
import { volumes } from '../adapters/ebs.ts';
import { instances } from '../adapters/ec2.ts';
import { historyLog } from '../adapters/history-log.ts';
import { incidentStore } from '../adapters/incident-store.ts';
import { incidentTable } from '../adapters/incident-table.ts';
import { loadBalancers } from '../adapters/load-balancer.ts';
import { noDatabaseSessions } from '../adapters/no-database-sessions.ts';
import { databases } from '../adapters/rds.ts';
import { databaseClusters } from '../adapters/rds-clusters.ts';
import { commands } from '../adapters/ssm.ts';
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
