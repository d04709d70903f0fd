import { MetricAlarmInput } from '@self-healing/local-aws/services/cloudwatch/alarm-definition.ts';
import { evaluateAlarm } from '@self-healing/local-aws/services/cloudwatch/alarm-evaluation.ts';
import { MetricStore } from '@self-healing/local-aws/services/cloudwatch/metric-store.ts';
import { MINUTE } from '@self-healing/simulation/builders.ts';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { Database } from '../../lib/database.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import type { DatabaseProtection, FleetProtection } from '../../lib/protection.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { resources } from '../support/template.ts';

const instance = Fleet.ofInstances(['i-0123456789abcdef0']);
const group = Fleet.ofAutoScalingGroup('web', {
  loadBalancer: 'app/web/0123456789abcdef',
  targetGroup: 'targetgroup/web/0123456789abcdef',
});
const BALANCER = { LoadBalancer: 'app/web/0123456789abcdef', TargetGroup: 'targetgroup/web/0123456789abcdef' };

function onlyAlarm(protect: (healing: HealingPipeline) => void) {
  const stack = new Stack(unbundledApp(), 'One');
  protect(new HealingPipeline(stack, 'Healing'));
  const alarms = [...resources('AWS::CloudWatch::Alarm', Template.fromStack(stack)).values()].map(({ Properties }) => Properties);
  const [alarm, ...others] = alarms.filter(({ AlarmName }) => AlarmName.startsWith('healing-It-'));
  expect(others).toEqual([]);
  const dimensions = (alarm.Dimensions ?? []).map(({ Name, Value }: { Name: string; Value: string }) => [Name, Value]);
  return { ...alarm, Dimensions: Object.fromEntries(dimensions) };
}

const ofFleet = (props: FleetProtection) => onlyAlarm((healing) => healing.protectFleet('It', props));
const ofDatabase = (props: Omit<DatabaseProtection, 'database'>) =>
  onlyAlarm((healing) => healing.protectDatabase('It', { database: Database.instance('orders'), ...props }));

const above = { ComparisonOperator: 'GreaterThanThreshold' };
const below = { ComparisonOperator: 'LessThanThreshold' };

describe('by default the alarm of a fleet', () => {
  it.each<[string, FleetProtection, object]>([
    ['cpu', { fleet: instance, cpu: {} }, { ...above, Threshold: 90, EvaluationPeriods: 5 }],
    ['memory', { fleet: instance, memory: {} }, { ...above, MetricName: 'mem_used_percent', Threshold: 90, EvaluationPeriods: 3 }],
    [
      'disk',
      { fleet: instance, disk: {} },
      {
        ...above,
        MetricName: 'disk_used_percent',
        Threshold: 85,
        EvaluationPeriods: 3,
        Dimensions: { InstanceId: 'i-0123456789abcdef0', SelfHealing: 'healing/It/1-of-1', path: '/' },
      },
    ],
    ['serviceDown', { fleet: instance, service: 'nginx', serviceDown: {} }, { ...below, Threshold: 1, EvaluationPeriods: 2 }],
    [
      'groupCpu',
      { fleet: group, groupCpu: {} },
      { ...above, MetricName: 'CPUUtilization', Threshold: 80, EvaluationPeriods: 5, Dimensions: { AutoScalingGroupName: 'web' } },
    ],
    [
      'unhealthyTargets',
      { fleet: group, service: 'nginx', unhealthyTargets: {} },
      { MetricName: 'UnHealthyHostCount', EvaluationPeriods: 2, Dimensions: BALANCER },
    ],
  ])('%s', (_, props, alarm) => {
    expect(ofFleet(props)).toMatchObject(alarm);
  });

  it('errorShare is a share of requests, and none while there are few', () => {
    const { Metrics, ...alarm } = ofFleet({ fleet: group, errorShare: {} });
    expect(alarm).toMatchObject({ ...above, Threshold: 5, EvaluationPeriods: 3 });
    const [share, ...inputs] = Metrics;
    expect(
      inputs.map((input: { MetricStat: { Metric: { MetricName: string } } }) => input.MetricStat.Metric.MetricName).toSorted(),
    ).toEqual(['HTTPCode_Target_5XX_Count', 'RequestCount']);
    expect(share.Expression).toMatch(/20/);
  });
});

describe('by default the alarm of a database', () => {
  it.each<[string, Omit<DatabaseProtection, 'database'>, object]>([
    ['cpu', { cpu: {} }, { ...above, MetricName: 'CPUUtilization', Threshold: 90, EvaluationPeriods: 10 }],
    ['connections', { connections: { above: 450 } }, { ...above, MetricName: 'DatabaseConnections', Threshold: 450, EvaluationPeriods: 5 }],
    [
      'memory',
      { memory: { belowMegabytes: 200 } },
      { ...below, MetricName: 'FreeableMemory', Threshold: 200 * 1_048_576, EvaluationPeriods: 5 },
    ],
    [
      'storage',
      { storage: { belowGibibytes: 10 } },
      { ...below, MetricName: 'FreeStorageSpace', Threshold: 10 * 1_073_741_824, EvaluationPeriods: 5 },
    ],
  ])('%s', (_, props, alarm) => {
    expect(ofDatabase(props)).toMatchObject({ Namespace: 'AWS/RDS', Dimensions: { DBInstanceIdentifier: 'orders' }, ...alarm });
  });

  it.each([
    ['behind', [90, 90, 90, 90, 90], 'ALARM'],
    ['no further behind than allowed', [60, 60, 60, 60, 60], 'OK'],
    ['not behind at all', [0, 0, 0, 0, 0], 'OK'],
    ['not replicating, which RDS reports as -1', [-1, -1, -1, -1, -1], 'ALARM'],
    ['behind until its replication stopped', [90, 90, 90, -1, -1], 'ALARM'],
    ['away for a moment only', [0, 0, 0, 0, -1], 'OK'],
  ])('replicaLag of a replica that is %s', (_, lags, state) => {
    const { Dimensions: __, ...properties } = ofDatabase({ replicaLag: {} });
    expect(properties).toMatchObject({ ...above, Threshold: 60, EvaluationPeriods: 5 });
    const metrics = new MetricStore();
    const nowMs = Date.parse('2026-11-02T12:00:00.000Z');
    for (const [minute, lag] of lags.entries()) {
      const datapoint = {
        atMs: nowMs - (lags.length - minute) * MINUTE,
        sum: lag,
        count: 1,
        min: lag,
        max: lag,
        values: [[lag, 1]] as const,
      };
      metrics.put('AWS/RDS', 'ReplicaLag', { DBInstanceIdentifier: 'orders' }, datapoint);
    }
    const time = { nowMs, secondsPerPeriodScale: 1 };
    const before = { value: 'OK', contributors: [] } as const;
    const evaluation = evaluateAlarm(MetricAlarmInput.parse(properties), { metrics, tagsOf: () => ({}) }, before, time);
    expect(evaluation).toMatchObject({ kind: 'single', state: { value: state } });
  });
});
