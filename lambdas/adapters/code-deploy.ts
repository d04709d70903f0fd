import { CodeDeployClient, type DeploymentStatus, ListDeploymentsCommand } from '@aws-sdk/client-codedeploy';
import type { Deployments } from '../core/ports.ts';
import { reading } from './aws-call.ts';

/** Blue/green deployments are `Ready` until the traffic moves, and those of ECS `Baking` until they are watched long enough. */
const UNDER_WAY: DeploymentStatus[] = ['Created', 'Queued', 'InProgress', 'Ready', 'Baking'];

/** Deployments of CodeDeploy. */
export function deployments(client = new CodeDeployClient({})): Deployments {
  return {
    async underWay({ application, group }) {
      const command = new ListDeploymentsCommand({
        applicationName: application,
        deploymentGroupName: group,
        includeOnlyStatuses: UNDER_WAY,
      });
      // CodeDeploy lets a deployment group have one at a time, so the first page has them all.
      const answer = await reading('list deployments', () => client.send(command));
      return answer.deployments ?? [];
    },
  };
}
