import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadBalancers } from '../../lambdas/adapters/load-balancer.ts';
import type { LoadBalancers } from '../../lambdas/core/ports.ts';
import { createLoadBalancing, type TargetAnswers } from '../../rehearsal/supplements/load-balancing.ts';
import { openSharedAws, type SharedAws } from '../support/shared-aws.ts';

const TARGET_GROUP = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/contract/0123456789abcdef';

let targets: readonly TargetAnswers[] = [];
let aws: SharedAws;
let port: LoadBalancers;

beforeAll(async () => {
  aws = await openSharedAws([createLoadBalancing(() => targets)]);
  port = loadBalancers(new ElasticLoadBalancingV2Client(aws.client));
});
afterAll(() => aws.close());

describe('the unhealthy instances of a target group', () => {
  it('are those that failed their health checks', async () => {
    targets = [
      { instanceId: 'i-0000000a', failures: 0 },
      { instanceId: 'i-0000000b', failures: 2 },
      { instanceId: 'i-0000000c', failures: 9 },
    ];
    expect(await port.unhealthyInstances(TARGET_GROUP)).toEqual(['i-0000000b', 'i-0000000c']);
  });

  it('are none while all answer, and none of a group without targets', async () => {
    targets = [{ instanceId: 'i-0000000a', failures: 0 }];
    expect(await port.unhealthyInstances(TARGET_GROUP)).toEqual([]);
    targets = [];
    expect(await port.unhealthyInstances(TARGET_GROUP)).toEqual([]);
  });
});
