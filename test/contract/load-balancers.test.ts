import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { createLoadBalancing, type TargetAnswers } from '@self-healing/local-aws/services/load-balancing.ts';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadBalancers } from '../../lambdas/adapters/elastic-load-balancing.ts';
import type { LoadBalancers } from '../../lambdas/core/ports.ts';

const TARGET_GROUP = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/contract/0123456789abcdef';

let targets: readonly TargetAnswers[] = [];
let aws: SharedAws;
let port: LoadBalancers;

beforeAll(async () => {
  aws = await openSharedAws([createLoadBalancing(() => targets)]);
  port = loadBalancers(new ElasticLoadBalancingV2Client(aws.client));
});
afterAll(() => aws.close());

describe('the health of the targets of a group', () => {
  it('is said of each instance by its own health checks', async () => {
    targets = [
      { instanceId: 'i-0000000a', failures: 0 },
      { instanceId: 'i-0000000b', failures: 2 },
      { instanceId: 'i-0000000c', failures: 9 },
    ];
    expect(Object.fromEntries(await port.targetHealth(TARGET_GROUP))).toEqual({
      'i-0000000a': 'healthy',
      'i-0000000b': 'unhealthy',
      'i-0000000c': 'unhealthy',
    });
  });

  it('is told of one instance with the reason of the load balancer', async () => {
    expect(await port.findings(TARGET_GROUP, 'i-0000000b')).toEqual([
      { port: 80, state: 'unhealthy', reason: 'Target.Timeout', description: 'Request timed out' },
    ]);
    expect(await port.findings(TARGET_GROUP, 'i-0000000f')).toEqual([]);
  });

  it('is that of nobody in a group without targets', async () => {
    targets = [];
    expect((await port.targetHealth(TARGET_GROUP)).size).toBe(0);
  });
});

it('the health of an instance with several ports is that of its worst one, in the words of the load balancer', async () => {
  const described = (Id: string, Port: number, State?: string) => ({ Target: { Id, Port }, TargetHealth: { State } });
  const simulated = {
    service: 'elasticloadbalancing',
    note: 'targets in every state',
    actions: {
      DescribeTargetHealth: async () => ({
        TargetHealthDescriptions: [
          described('i-0000000a', 80, 'healthy'),
          described('i-0000000a', 81, 'unhealthy'),
          described('i-0000000b', 80, 'draining'),
          described('i-0000000b', 81, 'healthy'),
          described('i-0000000c', 80, 'unhealthy.draining'),
          described('i-0000000d', 80, 'unused'),
          described('i-0000000e', 80, 'initial'),
          described('i-0000000f', 80, 'unavailable'),
        ],
      }),
    },
  };
  const gateway = await openSharedAws([simulated]);
  try {
    const health = await loadBalancers(new ElasticLoadBalancingV2Client(gateway.client)).targetHealth(TARGET_GROUP);
    expect(Object.fromEntries(health)).toEqual({
      'i-0000000a': 'unhealthy',
      'i-0000000b': 'draining',
      'i-0000000c': 'unhealthy',
      'i-0000000d': 'unused',
      'i-0000000e': 'initial',
      'i-0000000f': 'unavailable',
    });
  } finally {
    await gateway.close();
  }
});
