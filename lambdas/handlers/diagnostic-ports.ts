import { autoScalingGroups } from '../adapters/auto-scaling.ts';
import { deployments } from '../adapters/code-deploy.ts';
import { noDatabaseSessions } from '../adapters/databases/no-sessions.ts';
import { instances } from '../adapters/ec2/instances.ts';
import { loadBalancers } from '../adapters/elastic-load-balancing.ts';
import { databaseClusters } from '../adapters/rds/clusters.ts';
import { databases } from '../adapters/rds/databases.ts';
import { commands } from '../adapters/ssm/commands.ts';
import type { DiagnosePorts } from '../steps/diagnose.ts';
import { pauses } from './pauses.ts';

/** What every diagnostic is given. */
export const diagnosticPorts: DiagnosePorts = {
  clusters: databaseClusters(),
  commands: commands(),
  databases: databases(),
  deployments: deployments(),
  groups: autoScalingGroups(),
  instances: instances(),
  loadBalancers: loadBalancers(),
  pauseSwitch: pauses(),
  sessions: noDatabaseSessions,
};
