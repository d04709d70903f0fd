import { noDatabaseSessions } from '../adapters/databases/no-sessions.ts';
import { incidentTable } from '../adapters/dynamodb/incident-table.ts';
import { modeOverrides } from '../adapters/dynamodb/mode-overrides.ts';
import { policyRecords } from '../adapters/ssm/policy-records.ts';
import type { DiagnosePorts } from '../steps/diagnose.ts';
import { environment } from './environment.ts';
import { pauses } from './pauses.ts';
import { clusters } from './when-used/clusters.ts';
import { commands } from './when-used/commands.ts';
import { databases } from './when-used/databases.ts';
import { deployments } from './when-used/deployments.ts';
import { groups } from './when-used/groups.ts';
import { instances } from './when-used/instances.ts';
import { loadBalancers } from './when-used/load-balancers.ts';

/** What every diagnostic is given. */
export const diagnosticPorts: DiagnosePorts = {
  clusters: clusters(),
  commands: commands(),
  databases: databases(),
  deployments: deployments(),
  groups: groups(),
  instances: instances(),
  loadBalancers: loadBalancers(),
  modes: modeOverrides(incidentTable(environment('INCIDENT_TABLE'))),
  pauseSwitch: pauses(),
  policyRecords: policyRecords(environment('PIPELINE')),
  sessions: noDatabaseSessions,
};
