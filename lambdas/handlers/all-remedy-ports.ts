import type { RemedyPorts } from '../core/ports.ts';
import { clusters, commands, databases, groups, instances, runbooks, sessions, volumes } from './remedy-ports.ts';

/** What all remedies together are given, for a function that looks for each of them. */
export const allRemedyPorts: RemedyPorts = {
  clusters: clusters(),
  commands: commands(),
  databases: databases(),
  groups: groups(),
  instances: instances(),
  runbooks: runbooks(),
  sessions: sessions(),
  volumes: volumes(),
};
