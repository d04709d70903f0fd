import { noDatabaseSessions } from '../adapters/databases/no-sessions.ts';
import type { RemedyPorts } from '../core/ports.ts';
import { clusters } from './when-used/clusters.ts';
import { commands } from './when-used/commands.ts';
import { databases } from './when-used/databases.ts';
import { groups } from './when-used/groups.ts';
import { instances } from './when-used/instances.ts';
import { runbooks } from './when-used/runbooks.ts';
import { volumes } from './when-used/volumes.ts';

/** What all remedies together are given, for a function that looks for each of them. */
export const allRemedyPorts: RemedyPorts = {
  clusters: clusters(),
  commands: commands(),
  databases: databases(),
  groups: groups(),
  instances: instances(),
  runbooks: runbooks(),
  sessions: noDatabaseSessions,
  volumes: volumes(),
};
