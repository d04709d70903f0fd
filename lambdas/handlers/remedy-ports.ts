import { noDatabaseSessions } from '../adapters/databases/no-sessions.ts';

/**
 * What makes each port of remedies. A remedy's function is bundled with those that the remedy names; a member of an object would bring all
 * others along.
 */
export { autoScalingGroups as groups } from '../adapters/auto-scaling.ts';
export { instances } from '../adapters/ec2/instances.ts';
export { volumes } from '../adapters/ec2/volumes.ts';
export { databaseClusters as clusters } from '../adapters/rds/clusters.ts';
export { databases } from '../adapters/rds/databases.ts';
export { commands } from '../adapters/ssm/commands.ts';
export { runbooks } from '../adapters/ssm/runbooks.ts';

/** Whoever has a connection to a database puts its sessions in place of these. */
export const sessions = () => noDatabaseSessions;
