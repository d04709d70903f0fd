import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import type { Policy } from '../../lambdas/core/policy.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { inText } from '../support/template.ts';

const checks = ['systemStatus', 'instanceStatus', 'attachedEbsStatus'] as const;

function watched(fleet: Fleet, check: (typeof checks)[number]) {
  const stack = new Stack(unbundledApp(), 'Checks');
  new HealingPipeline(stack, 'Healing').protectFleet('Web', { fleet, [check]: {} });
  const template = Template.fromStack(stack);
  const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm'))
    .map(({ Properties }) => Properties)
    .filter(({ AlarmName }) => String(AlarmName).includes('-Web-'));
  const [rule] = Object.values(template.findResources('AWS::Events::Rule')).map(({ Properties }) => Properties);
  const input = inText(rule?.Targets[0].InputTransformer.InputTemplate).replace(/<[^>]+>/g, 'null');
  return { alarms, policy: (JSON.parse(input) as { policy: Policy }).policy };
}

describe('status checks', () => {
  it.each([
    ['systemStatus', 'StatusCheckFailed_System', ['wait-and-see', 'replace-instance', 'move-instance']],
    ['instanceStatus', 'StatusCheckFailed_Instance', ['restart-instance', 'replace-instance']],
    ['attachedEbsStatus', 'StatusCheckFailed_AttachedEBS', ['wait-and-see', 'replace-instance']],
  ] as const)('%s of a tagged fleet are one query over the tag, and its members heal by their own ladder', (check, metric, ladder) => {
    const { alarms, policy } = watched(Fleet.tagged('SelfHeal', 'enabled'), check);

    expect(alarms).toHaveLength(1);
    expect(alarms[0]).toMatchObject({ Threshold: 0, ComparisonOperator: 'GreaterThanThreshold', EvaluationPeriods: 2 });
    expect(alarms[0]?.Metrics[0].Expression).toBe(
      `SELECT MAX(${metric}) FROM SCHEMA("AWS/EC2", InstanceId) WHERE tag.SelfHeal = 'enabled' GROUP BY InstanceId ORDER BY MAX() DESC`,
    );
    expect(policy.ladder.map(({ remedy }) => remedy)).toEqual(ladder);
    expect(policy.proof).toMatchObject({ namespace: 'AWS/EC2', metric });
  });

  it('of given instances are an alarm each, and nobody tries to replace what is in no known group', () => {
    const { alarms, policy } = watched(Fleet.ofInstances(['i-0aaaabbbbccccdddd', 'i-0eeeeffff00001111']), 'systemStatus');

    expect(alarms.map(({ MetricName, Dimensions }) => [MetricName, Dimensions[0].Value])).toEqual([
      ['StatusCheckFailed_System', 'i-0aaaabbbbccccdddd'],
      ['StatusCheckFailed_System', 'i-0eeeeffff00001111'],
    ]);
    expect(policy.ladder.map(({ remedy }) => remedy)).toEqual(['wait-and-see', 'move-instance']);
  });

  it('of the host leave AWS five minutes for its own repair', () => {
    const { policy } = watched(Fleet.tagged('SelfHeal', 'enabled'), 'systemStatus');
    expect(policy.ladder[0]).toMatchObject({ remedy: 'wait-and-see', acts: false, verifyWithin: { minutes: 5 } });
  });

  it.each(checks)('%s of an Auto Scaling group are refused, with what does it instead', (check) => {
    expect(() => watched(Fleet.ofAutoScalingGroup('web'), check)).toThrow('replaces members that fail their status checks by itself');
  });
});
