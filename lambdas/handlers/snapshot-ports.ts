import { alarms } from '../adapters/cloudwatch/alarms.ts';
import { approvals } from '../adapters/dynamodb/approvals.ts';
import { incidentTableWithBatches } from '../adapters/dynamodb/batch-reads.ts';
import { claims } from '../adapters/dynamodb/claims.ts';
import { incidentStore } from '../adapters/dynamodb/incident-store.ts';
import { providerEvents } from '../adapters/dynamodb/provider-events.ts';
import { changeCalendars } from '../adapters/ssm/change-calendars.ts';
import { publishedSelections } from '../adapters/ssm/published-selections.ts';
import type { SnapshotPorts } from '../steps/read-snapshot.ts';
import { environment } from './environment.ts';
import { pauses } from './pauses.ts';
import { clusters } from './when-used/clusters.ts';
import { databases } from './when-used/databases.ts';
import { deployments } from './when-used/deployments.ts';
import { groups } from './when-used/groups.ts';
import { instances } from './when-used/instances.ts';
import { loadBalancers } from './when-used/load-balancers.ts';

const { table, readItem } = incidentTableWithBatches(environment('INCIDENT_TABLE'));

export { table };

/** Where everything is read that the guardrails ask about, before an act and before a giving back. */
export const snapshotPorts: SnapshotPorts = {
  alarms: alarms(),
  approvals: approvals(table),
  calendars: changeCalendars(),
  claims: claims(table, readItem),
  clusters: clusters(),
  databases: databases(),
  deployments: deployments(),
  groups: groups(),
  instances: instances(),
  loadBalancers: loadBalancers(),
  pauseSwitch: pauses(),
  pipelines: publishedSelections(environment('PIPELINE')),
  providerEvents: providerEvents(table),
  store: incidentStore(table),
};
