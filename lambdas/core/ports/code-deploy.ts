import type { DeploymentGroup } from '../change-conditions.ts';

export interface Deployments {
  /** Ids of the deployments to the group that have not ended. */
  underWay(group: DeploymentGroup): Promise<readonly string[]>;
}
