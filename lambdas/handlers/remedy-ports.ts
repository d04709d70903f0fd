import { autoScalingGroups } from '../adapters/auto-scaling.ts';
import { noDatabaseSessions } from '../adapters/databases/no-sessions.ts';
import { instances } from '../adapters/ec2/instances.ts';
import { volumes } from '../adapters/ec2/volumes.ts';
import { databaseClusters } from '../adapters/rds/clusters.ts';
import { databases } from '../adapters/rds/databases.ts';
import { commands } from '../adapters/ssm/commands.ts';
import { runbooks } from '../adapters/ssm/runbooks.ts';
import type { RemedyPorts } from '../core/ports.ts';

/** What every remedy is given, whether it looks, acts or gives back. */
export const remedyPorts: RemedyPorts = {
  clusters: databaseClusters(),
  commands: commands(),
  databases: databases(),
  groups: autoScalingGroups(),
  instances: instances(),
  runbooks: runbooks(),
  sessions: noDatabaseSessions,
  volumes: volumes(),
};
