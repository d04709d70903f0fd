import { BatchGetDeploymentsCommand, CodeDeployClient, type DeploymentStatus, ListDeploymentsCommand } from '@aws-sdk/client-codedeploy';
import type { Deployments } from '../core/ports.ts';
import { reading } from './aws-call.ts';

/** Blue/green deployments are `Ready` until the traffic moves, and those of ECS `Baking` until they are watched long enough. */
const UNDER_WAY: DeploymentStatus[] = ['Created', 'Queued', 'InProgress', 'Ready', 'Baking'];

/** CodeDeploy describes no more at once. It lists the newest first. */
const MOST_DESCRIBED = 25;

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
    async last({ application, group }, since) {
      const list = new ListDeploymentsCommand({
        applicationName: application,
        deploymentGroupName: group,
        createTimeRange: { start: new Date(since) },
      });
      const { deployments: ids = [] } = await reading('list deployments', () => client.send(list));
      if (ids.length === 0) return undefined;
      const describe = new BatchGetDeploymentsCommand({ deploymentIds: ids.slice(0, MOST_DESCRIBED) });
      const { deploymentsInfo = [] } = await reading('describe deployments', () => client.send(describe));
      return deploymentsInfo
        .map(({ deploymentId = '', createTime, status = 'unknown' }) => ({ id: deploymentId, at: createTime?.getTime() ?? 0, status }))
        .toSorted((left, right) => right.at - left.at)[0];
    },
  };
}
