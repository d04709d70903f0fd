import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { AwsError, type Service } from '@self-healing/local-aws/gateway/service.ts';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { HOUR, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deployments } from '../../lambdas/adapters/code-deploy.ts';
import type { Deployments } from '../../lambdas/core/ports.ts';

/** Every deployment of one application, by group, with its state. */
const simulated: Readonly<Record<string, readonly (readonly [id: string, status: string])[]>> = {
  resting: [
    ['d-DONE', 'Succeeded'],
    ['d-BROKEN', 'Failed'],
    ['d-ENDED', 'Stopped'],
  ],
  busy: [
    ['d-DONE', 'Succeeded'],
    ['d-NOW', 'InProgress'],
  ],
  ...Object.fromEntries(['Created', 'Queued', 'InProgress', 'Ready', 'Baking'].map((status) => [status, [[`d-${status}`, status]]])),
};

const codeDeploy: Service = {
  service: 'codedeploy',
  note: 'The deployments of this test, filtered as CodeDeploy does.',
  actions: {
    ListDeployments: async ({ applicationName, deploymentGroupName, includeOnlyStatuses, createTimeRange }) => {
      const group = applicationName === 'shop' ? simulated[String(deploymentGroupName)] : undefined;
      if (!group) throw new AwsError('DeploymentGroupDoesNotExistException', 'No Deployment Group found');
      const wanted = includeOnlyStatuses as readonly string[] | undefined;
      const since = createTimeRange as { readonly start: number } | undefined;
      if (since && since.start * 1_000 > NOW) return { deployments: [] };
      return { deployments: group.filter(([, status]) => wanted?.includes(status) ?? true).map(([id]) => id) };
    },
    // Each began a minute after the one before it in the list.
    BatchGetDeployments: async ({ deploymentIds }) => ({
      deploymentsInfo: (deploymentIds as readonly string[]).map((deploymentId, index) => ({
        ...{ deploymentId, createTime: new Date(NOW + index * MINUTE) },
        status: simulated.busy?.find(([id]) => id === deploymentId)?.[1] ?? 'Failed',
      })),
    }),
  },
};

let aws: SharedAws;
let port: Deployments;
beforeAll(async () => {
  aws = await openSharedAws([codeDeploy]);
  port = deployments(new CodeDeployClient(aws.client));
});
afterAll(() => aws.close());

describe('deployments of CodeDeploy', () => {
  it.each(['Created', 'Queued', 'InProgress', 'Ready', 'Baking'])('are under way while they are %s', async (group) => {
    expect(await port.underWay({ application: 'shop', group })).toEqual([`d-${group}`]);
  });

  it('are under way without those that have ended', async () => {
    expect(await port.underWay({ application: 'shop', group: 'busy' })).toEqual(['d-NOW']);
  });

  it('are none when all have ended', async () => {
    expect(await port.underWay({ application: 'shop', group: 'resting' })).toEqual([]);
  });

  it('tell which began last since a time', async () => {
    expect(await port.last({ application: 'shop', group: 'busy' }, NOW - HOUR)).toEqual({
      id: 'd-NOW',
      at: NOW + MINUTE,
      status: 'InProgress',
    });
    expect(await port.last({ application: 'shop', group: 'busy' }, NOW + HOUR)).toBeUndefined();
  });

  it('of a group that does not exist are an error, never none', async () => {
    await expect(port.underWay({ application: 'shop', group: 'renamed' })).rejects.toMatchObject({ name: 'TargetGone' });
  });
});
