import { alarms } from '../adapters/cloudwatch.ts';
import { deployedPolicies } from '../adapters/deployed-policies.ts';
import { instances } from '../adapters/ec2.ts';
import { historyLog } from '../adapters/history-log.ts';
import { incidentMetrics } from '../adapters/incident-metrics.ts';
import { incidentStore } from '../adapters/incident-store.ts';
import { incidentTable } from '../adapters/incident-table.ts';
import { loadBalancers } from '../adapters/load-balancer.ts';
import { notifier } from '../adapters/sns.ts';
import { workflow } from '../adapters/step-functions.ts';
import { type IntakePorts, intake } from '../steps/intake.ts';
import { environment } from './environment.ts';

const ports: IntakePorts = {
  alarms: alarms(),
  workflow: workflow(environment('STATE_MACHINE_ARN')),
  deployedPolicies: deployedPolicies(environment('PIPELINE')),
  instances: instances(),
  loadBalancers: loadBalancers(),
  history: historyLog(environment('HISTORY_LOG_GROUP'), 'intake'),
  notifier: notifier(environment('TOPIC_ARN')),
  metrics: incidentMetrics(environment('PIPELINE')),
  store: incidentStore(incidentTable(environment('INCIDENT_TABLE'))),
};

/** Target of every policy's rule. */
export const handler = (delivery: unknown): Promise<void> => intake(delivery, ports, Date.now());
