import { noDatabaseSessions } from '../adapters/databases/no-sessions.ts';
import type { DiagnosePorts } from '../steps/diagnose.ts';
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
  pauseSwitch: pauses(),
  sessions: noDatabaseSessions,
};
