import { CfnParameter, Stack } from 'aws-cdk-lib';
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
  const rule = Object.values(template.findResources('AWS::Events::Rule')).find(({ Properties }) => Properties.Name?.includes('.Web-'));
  const input = inText(rule?.Properties.Targets[0].InputTransformer.InputTemplate).replace(/<[^>]+>/g, 'null');
  const reader = Object.values(template.findResources('AWS::Lambda::Function'))
    .map(({ Properties }) => Properties.Environment?.Variables.STATUS_CHECKS)
    .flatMap((list) => (list === undefined ? [] : (JSON.parse(list) as unknown[])));
  return { alarms, reader, pattern: rule?.Properties.EventPattern, policy: (JSON.parse(input) as { policy: Policy }).policy };
}

describe('status checks', () => {
  it.each([
    ['systemStatus', 'system', ['wait-and-see', 'replace-instance', 'move-instance']],
    ['instanceStatus', 'instance', ['restart-instance', 'replace-instance']],
    ['attachedEbsStatus', 'attached-ebs', ['wait-and-see', 'replace-instance']],
  ] as const)(
    '%s of a tagged fleet are read from EC2 without any setting of the account, and its members heal by their own ladder',
    (check, name, ladder) => {
      const { alarms, reader, pattern, policy } = watched(Fleet.tagged('SelfHeal', 'enabled'), check);

      expect(alarms).toEqual([]);
      expect(reader).toEqual([{ check: name, policy: policy.name, tag: { key: 'SelfHeal', value: 'enabled' }, sustained: { minutes: 2 } }]);
      expect(pattern).toEqual({
        account: [{ Ref: 'AWS::AccountId' }],
        source: ['self-healing.healing', 'self-healing-drill.healing'],
        'detail-type': ['EC2 Instance Status Check Failed', 'Self-Healing Drill'],
        detail: { $or: [{ policy: [policy.name] }, { policy: [policy.name], drill: [{ exists: true }] }] },
      });
      expect(policy.ladder.map(({ remedy }) => remedy)).toEqual(ladder);
      expect(policy.evidence).toEqual({ kind: 'status-check', check: name });
    },
  );

  it('of a tag whose value is known only at deployment are read all the same', () => {
    const stack = new Stack(unbundledApp(), 'Later');
    const value = new CfnParameter(stack, 'Value').valueAsString;
    new HealingPipeline(stack, 'Healing').protectFleet('Web', { fleet: Fleet.tagged('SelfHeal', value), systemStatus: {} });
    const lists = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function')).flatMap(
      ({ Properties }) => Properties.Environment?.Variables.STATUS_CHECKS ?? [],
    );
    // biome-ignore lint/suspicious/noTemplateCurlyInString: how `inText` writes a reference
    expect(lists.map(inText).map((list) => JSON.parse(list)[0].tag)).toEqual([{ key: 'SelfHeal', value: '${Value}' }]);
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
