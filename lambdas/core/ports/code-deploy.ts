import type { DeploymentGroup } from '../change-conditions.ts';
import type { Instant } from '../duration.ts';

export interface Deployment {
  readonly id: string;
  readonly at: Instant;
  /** CodeDeploy's own word, e.g. `Succeeded`. */
  readonly status: string;
}

export interface Deployments {
  /** Ids of the deployments to the group that have not ended. */
  underWay(group: DeploymentGroup): Promise<readonly string[]>;
  /** The one that began last since the instant, if there is one. */
  last(group: DeploymentGroup, since: Instant): Promise<Deployment | undefined>;
}
