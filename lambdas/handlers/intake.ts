import { alarms } from '../adapters/cloudwatch/alarms.ts';
import { incidentMetrics } from '../adapters/cloudwatch/metrics.ts';
import { historyLog } from '../adapters/cloudwatch-logs.ts';
import { incidentStore } from '../adapters/dynamodb/incident-store.ts';
import { incidentTable } from '../adapters/dynamodb/incident-table.ts';
import { deployedPolicies } from '../adapters/ssm/deployed-policies.ts';
import { workflow } from '../adapters/step-functions/workflow.ts';
import { type IntakePorts, intake } from '../steps/intake.ts';
import { withoutRealDrills } from '../steps/without-real-drills.ts';
import { environment, environmentIfSet } from './environment.ts';
import { notices } from './notices.ts';
import { databases } from './when-used/databases.ts';
import { instances } from './when-used/instances.ts';
import { loadBalancers } from './when-used/load-balancers.ts';
import { modes } from './when-used/modes.ts';

const history = historyLog(environment('HISTORY_LOG_GROUP'), 'intake');
const table = incidentTable(environment('INCIDENT_TABLE'));
const store = incidentStore(table);
const ports: IntakePorts = {
  alarms: alarms(),
  workflow: workflow(environment('STATE_MACHINE_ARN')),
  deployedPolicies: deployedPolicies(environment('PIPELINE'), undefined, environmentIfSet('SPREAD') !== undefined),
  instances: instances(),
  loadBalancers: loadBalancers(),
  databases: databases(),
  history,
  notifier: notices(history),
  metrics: incidentMetrics(environment('PIPELINE'), environmentIfSet('INCIDENT_METRICS') !== undefined),
  modes: modes(table),
  store: environmentIfSet('DRILLS_FOR_REAL') === undefined ? withoutRealDrills(store) : store,
};

/** Target of every policy's rule. */
export const handler = (delivery: unknown): Promise<void> => intake(delivery, ports, Date.now());
