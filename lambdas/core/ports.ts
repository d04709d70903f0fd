import type { AutoScalingGroups } from './ports/auto-scaling.ts';
import type { DatabaseSessions } from './ports/databases.ts';
import type { Instances, Volumes } from './ports/ec2.ts';
import type { DatabaseClusters, Databases } from './ports/rds.ts';
import type { Commands, Runbooks } from './ports/ssm.ts';

/** The ports of all services: what decisions and steps know of the world. */
export type * from './ports/auto-scaling.ts';
export type * from './ports/cloudwatch.ts';
export type * from './ports/cloudwatch-logs.ts';
export type * from './ports/code-deploy.ts';
export type * from './ports/databases.ts';
export type * from './ports/dynamodb.ts';
export type * from './ports/ec2.ts';
export type * from './ports/elastic-load-balancing.ts';
export type * from './ports/eventbridge.ts';
export type * from './ports/hub.ts';
export type * from './ports/link-mailer.ts';
export type * from './ports/notices.ts';
export type * from './ports/ops-items.ts';
export type * from './ports/rds.ts';

export type * from './ports/ssm.ts';
export type * from './ports/step-functions.ts';

/** What remediators may read and do. */
export interface RemedyPorts {
  readonly groups: AutoScalingGroups;
  readonly databases: Databases;
  readonly clusters: DatabaseClusters;
  readonly commands: Commands;
  readonly instances: Instances;
  readonly sessions: DatabaseSessions;
  readonly runbooks: Runbooks;
  readonly volumes: Volumes;
}
