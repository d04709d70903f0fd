import { DescribeAssociationCommand, type SSMClient, UpdateAssociationCommand } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { agentAssociations } from '../../../lambdas/adapters/ssm/agent-associations.ts';
import type { WatchedAgents } from '../../../lambdas/core/agent-watch.ts';
import type { Instance } from '../../../lambdas/core/ports.ts';
import { placeOf, watchAgents } from '../../../lambdas/steps/watch-agents.ts';

const NOW = Date.UTC(2026, 10, 2, 12);
const LONG_AGO = NOW - 7_200_000;

const watched: WatchedAgents = {
  fleet: 'Web',
  association: 'a-1',
  members: { kind: 'tagged', key: 'SelfHeal', value: 'enabled' },
  series: [
    { metric: 'mem_used_percent', names: ['InstanceId', 'SelfHealing'], fixed: {} },
    { metric: 'disk_used_percent', names: ['InstanceId', 'SelfHealing', 'path'], fixed: { path: '/' } },
  ],
  own: { name: 'SelfHealing', values: ['healing/Web/1-of-2', 'healing/Web/2-of-2'] },
};

/** A fleet whose machines send what is named: metric and instance. */
function fleet(ids: readonly string[], sent: readonly (readonly [string, string])[], reach: number) {
  const done: unknown[] = [];
  const asked: unknown[] = [];
  const there: readonly Instance[] = ids.map((id) => ({ id, state: 'running', tags: {}, launchedAt: LONG_AGO }));
  const ports = {
    associations: {
      read: async () => ({ updatedAt: LONG_AGO, reach, failed: 2 }),
      setReach: async (...act: unknown[]) => void done.push(act),
    },
    series: {
      reporting: async (one: { metric: string; fixed: Readonly<Record<string, string>> }) => {
        asked.push(one.fixed);
        return sent.filter(([metric]) => metric === one.metric && one.fixed.SelfHealing?.includes('1-of-')).map(([, id]) => id);
      },
    },
    instances: { tagged: async () => there, describe: async () => there },
    metrics: { publish: (...published: unknown[]) => void done.push(published) },
  };
  return { ports, done, asked };
}

describe('a look at the agents', () => {
  it('asks for every series in every shard, and counts who lacks one of them', async () => {
    const { ports, done, asked } = fleet(
      ['i-a', 'i-b'],
      [
        ['mem_used_percent', 'i-a'],
        ['mem_used_percent', 'i-b'],
        ['disk_used_percent', 'i-a'],
      ],
      100,
    );
    expect(await watchAgents(watched, ports, NOW)).toMatchObject({ silent: ['i-b'], failed: 2 });
    expect(done).toEqual([['Web', { failed: 2, silent: 1 }]]);
    expect(asked).toContainEqual({ path: '/', SelfHealing: 'healing/Web/2-of-2' });
  });

  it('lets a changed configuration go on when it arrived', async () => {
    const id = 'i-first';
    const { ports, done } = fleet(
      [id],
      [
        ['mem_used_percent', id],
        ['disk_used_percent', id],
      ],
      placeOf(id) + 1,
    );
    await watchAgents(watched, ports, NOW);
    expect(done).toContainEqual(['a-1', 100]);
  });

  it('does not let it go on when only a part of it arrived', async () => {
    const id = 'i-first';
    const { ports, done } = fleet([id], [['mem_used_percent', id]], placeOf(id) + 1);
    await watchAgents(watched, ports, NOW);
    expect(done).toEqual([['Web', { failed: 2, silent: 1 }]]);
  });
});

describe('the association', () => {
  const association = {
    ...{ Name: 'healing-configure-agent', AssociationName: 'healing-Web-agent', DocumentVersion: '$LATEST', AssociationVersion: '3' },
    ...{ AssociationId: 'a-1', Targets: [{ Key: 'tag:SelfHeal', Values: ['enabled'] }], ScheduleExpression: 'rate(30 minutes)' },
    ...{
      MaxErrors: '100%',
      MaxConcurrency: '100%',
      ApplyOnlyAtCronInterval: false,
      Date: new Date(1),
      LastUpdateAssociationDate: new Date(2),
    },
    AssociationDispatchAssumeRole: 'arn:aws:iam::111122223333:role/dispatch',
    Parameters: { Name: ['healing-Web'], ReachPercent: ['10'], Configuration: ['e30='] },
    Overview: { Status: 'Failed', AssociationStatusAggregatedCount: { Failed: 2, Success: 5 } },
  };
  const sent: unknown[] = [];
  const client = {
    send: async (command: unknown) => {
      sent.push(command);
      return command instanceof DescribeAssociationCommand ? { AssociationDescription: association } : {};
    },
  } as unknown as SSMClient;

  it('says how far a change goes, when it was made, and on how many it failed', async () => {
    expect(await agentAssociations(client, client).read('a-1')).toEqual({ updatedAt: 2, reach: 10, failed: 2 });
  });

  it('keeps all that it has when a change goes on, since an update takes away what it leaves out', async () => {
    await agentAssociations(client, client).setReach('a-1', 100);
    const update = sent.find((command): command is UpdateAssociationCommand => command instanceof UpdateAssociationCommand);
    const { Date: _, LastUpdateAssociationDate: __, AssociationVersion: ___, Overview: ____, ...kept } = association;
    expect(update?.input).toEqual({ ...kept, Parameters: { ...association.Parameters, ReachPercent: ['100'] } });
  });
});
