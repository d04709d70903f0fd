import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { isMadeByRollouts } from '../../lambdas/core/change-conditions.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { launchFailures } from '../../lib/symptoms/launch-failures.ts';
import { unbundledApp } from '../support/default-stack.ts';

function alarmsOf(fleet: Fleet) {
  const stack = new Stack(unbundledApp(), 'Launches');
  new HealingPipeline(stack, 'Healing').protectFleet('Web', { fleet, launchFailures: {} });
  return Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'))
    .map(({ Properties }) => Properties)
    .filter(({ AlarmName }) => AlarmName === 'healing-Web-launch-failures');
}

describe('launch failures', () => {
  it('are members that the group lacks for longer than an ordinary replacement takes', () => {
    const [alarm] = alarmsOf(Fleet.ofAutoScalingGroup('web'));
    const metrics = alarm?.Metrics as { Expression?: string; MetricStat?: { Metric: { MetricName: string; Dimensions: unknown } } }[];

    expect(alarm).toMatchObject({ Threshold: 0, ComparisonOperator: 'GreaterThanThreshold', EvaluationPeriods: 15 });
    expect(metrics.find(({ Expression }) => Expression)?.Expression).toBe('desired - serving');
    expect(metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? [])).toMatchObject([
      { MetricName: 'GroupDesiredCapacity', Dimensions: [{ Name: 'AutoScalingGroupName', Value: 'web' }] },
      { MetricName: 'GroupInServiceInstances', Dimensions: [{ Name: 'AutoScalingGroupName', Value: 'web' }] },
    ]);
  });

  it('can only be seen of an Auto Scaling group', () => {
    expect(() => alarmsOf(Fleet.tagged('SelfHeal', 'enabled'))).toThrow('only an Auto Scaling group can be watched for it');
  });

  it('are what rollouts make, by their name in policies', () => {
    expect(isMadeByRollouts({ symptom: launchFailures.name })).toBe(true);
  });
});
