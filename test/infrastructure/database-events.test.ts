import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import type { Policy } from '../../lambdas/core/policy.ts';
import { Database } from '../../lib/database.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import type { DatabaseProtection } from '../../lib/protection.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { inText, resources, statementsOf } from '../support/template.ts';

function protectedBy(props: DatabaseProtection) {
  const stack = new Stack(unbundledApp(), 'Events');
  new HealingPipeline(stack, 'Healing').protectDatabase('Orders', props);
  const template = Template.fromStack(stack);
  const [rule] = [...resources('AWS::Events::Rule', template).values()].map(({ Properties }) => Properties);
  const input = inText(rule.Targets[0].InputTransformer.InputTemplate).replace(/<[^>]+>/g, 'null');
  return { template, pattern: rule.EventPattern, policy: (JSON.parse(input) as { policy: Policy }).policy };
}

describe('events of RDS', () => {
  const ownOf = (id: string) => [
    { SourceIdentifier: [{ 'equals-ignore-case': id }], EventID: ['RDS-EVENT-0022', 'RDS-EVENT-0221', 'RDS-EVENT-0419'] },
    { SourceIdentifier: [{ 'equals-ignore-case': id }], EventCategories: ['failover', 'failure', 'recovery'] },
  ];
  const drill = (policy: string) => ({ policy: [policy], drill: [{ exists: true }] });

  it('about an instance open a policy without an alarm, whose symptom is the status of the database', () => {
    const { template, pattern, policy } = protectedBy({ database: Database.instance('Orders'), events: {} });

    expect(pattern).toEqual({
      account: [{ Ref: 'AWS::AccountId' }],
      source: ['aws.rds', 'self-healing-drill.healing'],
      'detail-type': ['RDS DB Instance Event', 'Self-Healing Drill'],
      detail: { $or: [...ownOf('orders'), drill(policy.name)] },
    });
    expect(policy).toMatchObject({
      symptom: 'not-available',
      evidence: { kind: 'database-status' },
      targets: { target: { id: 'orders' } },
    });
    expect(policy.ladder.map(({ remedy, verifyWithin }) => [remedy, verifyWithin])).toEqual([['wait-and-see', { minutes: 10 }]]);
    const alarms = [...resources('AWS::CloudWatch::Alarm', template).values()].map(({ Properties }) => Properties.AlarmName);
    expect(alarms.filter((name) => name.includes('Orders'))).toEqual([]);
    expect(statementsOf('Healingverify', template).flatMap(({ actions }) => actions)).toContain('rds:DescribeDBInstances');
  });

  it('about a cluster are matched by category, since they may have no id, and those of any instance are let in, of which intake asks', () => {
    const { template, pattern, policy } = protectedBy({ database: Database.cluster('stock', 'aurora'), events: {} });

    expect(pattern['detail-type']).toEqual(['RDS DB Cluster Event', 'RDS DB Instance Event', 'Self-Healing Drill']);
    expect(pattern.detail).toEqual({
      $or: [
        {
          SourceIdentifier: [{ 'equals-ignore-case': 'stock' }],
          EventCategories: ['failover', 'failure', 'global failover', 'global-failover'],
        },
        { SourceType: ['DB_INSTANCE'], EventID: ['RDS-EVENT-0022', 'RDS-EVENT-0221', 'RDS-EVENT-0419'] },
        { SourceType: ['DB_INSTANCE'], EventCategories: ['failure', 'recovery'] },
        drill(policy.name),
      ],
    });
    expect(statementsOf('HealingIntakeFunction', template).flatMap(({ actions }) => actions)).toContain('rds:DescribeDBInstances');
    const allowed = statementsOf('Healingverify', template).flatMap(({ actions }) => actions);
    expect(allowed).toEqual(expect.arrayContaining(['rds:DescribeDBClusters', 'rds:DescribeDBInstances']));
  });

  it('about low storage come in by the rule of the storage alarm, which says whether it is true', () => {
    const { pattern, policy } = protectedBy({ database: Database.instance('orders'), storage: { belowGibibytes: 10 } });

    expect(pattern.source).toEqual(['aws.cloudwatch', 'self-healing.healing', 'aws.rds', 'self-healing-drill.healing']);
    expect(pattern.detail.$or).toEqual([
      { alarmName: [expect.anything()], state: { value: ['ALARM', { exists: false }] } },
      {
        SourceIdentifier: [{ 'equals-ignore-case': 'orders' }],
        EventID: ['RDS-EVENT-0007', 'RDS-EVENT-0089', 'RDS-EVENT-0221', 'RDS-EVENT-0222'],
      },
      drill(policy.name),
    ]);
    expect(policy.evidence).toEqual({ kind: 'alarm', name: 'healing-Orders-storage' });
  });

  it('do not last', () => {
    const sustained: object = { sustainedFor: Duration.minutes(5) };
    expect(() => protectedBy({ database: Database.instance('orders'), events: sustained })).toThrow(
      'events.sustainedFor: an event does not last',
    );
  });
});
