import type { DescribeInstanceStatusCommand, DescribeInstancesCommand, EC2Client, InstanceStatus } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { instances } from '../../../../lambdas/adapters/ec2/instances.ts';

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

describe('reading status checks', () => {
  const since = new Date('2026-11-02T10:15:00Z');
  const failing = (InstanceId: string, given: Partial<InstanceStatus> = {}): InstanceStatus => ({
    InstanceId,
    SystemStatus: { Status: 'impaired', Details: [{ Name: 'reachability', Status: 'failed', ImpairedSince: since }] },
    InstanceStatus: { Status: 'ok' },
    ...given,
  });
  /** EC2 with two pages of statuses. */
  const paged = (...pages: readonly (readonly InstanceStatus[])[]) => {
    const asked: DescribeInstanceStatusCommand['input'][] = [];
    const send = async ({ input }: DescribeInstanceStatusCommand) => {
      asked.push(input);
      const page = Number(input.NextToken ?? 0);
      return { InstanceStatuses: pages[page], ...(page + 1 < pages.length && { NextToken: String(page + 1) }) };
    };
    return { asked, instances: instances({ send } as unknown as EC2Client) };
  };

  it('finds the instances whose check fails on every page, with the time since when', async () => {
    const { asked, instances: all } = paged([failing('i-1')], [failing('i-2')]);
    expect(await all.impaired('system')).toEqual([
      { id: 'i-1', since: since.getTime() },
      { id: 'i-2', since: since.getTime() },
    ]);
    expect(asked[0]?.Filters).toEqual([{ Name: 'system-status.status', Values: ['impaired'] }]);
  });

  it('looks at the check itself, too, where the filter was not honoured', async () => {
    expect(await paged([failing('i-1')]).instances.impaired('instance')).toEqual([]);
  });

  it('makes up no time, by which the incident would be another one each minute', async () => {
    const timeless = failing('i-1', { SystemStatus: { Status: 'impaired' } });
    expect(await paged([timeless, failing('i-2')]).instances.impaired('system')).toEqual([
      { id: 'i-1' },
      { id: 'i-2', since: since.getTime() },
    ]);
  });

  it.each([
    ['system', 'impaired'],
    ['instance', 'ok'],
    ['attached-ebs', 'unknown'],
  ] as const)('answers one check of an instance: %s is %s', async (check, state) => {
    expect(await paged([failing('i-1')]).instances.statusCheck('i-1', check)).toBe(state);
  });

  it('knows nothing of an instance that EC2 does not list', async () => {
    expect(await paged([]).instances.statusCheck('i-1', 'system')).toBe('unknown');
  });
});
