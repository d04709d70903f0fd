import type { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { instances } from '../../../lambdas/adapters/ec2.ts';

const ids = Array.from({ length: 450 }, (_, number) => `i-${String(number).padStart(17, '0')}`);

/** EC2 as it answers to filters by id: with at most two hundred values. */
const ec2 = {
  async send({ input }: DescribeInstancesCommand) {
    const values = input.Filters?.flatMap(({ Values = [] }) => Values) ?? [];
    if (values.length > 200) throw new Error('FilterLimitExceeded: the maximum number of filter values is 200');
    return { Reservations: [{ Instances: values.map((InstanceId) => ({ InstanceId, State: { Name: 'running' } })) }] };
  },
} as unknown as EC2Client;

describe('describing instances by their ids', () => {
  it('asks for a large fleet in several calls, since a filter takes two hundred values', async () => {
    expect((await instances(ec2).describe(ids)).map(({ id }) => id)).toEqual(ids);
  });

  it('asks for nothing when there are none', async () => {
    expect(await instances(ec2).describe([])).toEqual([]);
  });
});
