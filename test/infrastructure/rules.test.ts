import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { policySchema } from '../../lambdas/core/policy.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { inText, onlyResource, resources } from '../support/template.ts';

const rules = [...resources('AWS::Events::Rule').values()].map(({ Properties }) => Properties);
const alarms = [...resources('AWS::CloudWatch::Alarm')];

/** The policy in the input of a rule, as intake gets it: references are put in as text. */
function policyOf(rule: { Targets: [{ InputTransformer: { InputTemplate: unknown } }] }): unknown {
  const template = inText(rule.Targets[0].InputTransformer.InputTemplate).replaceAll(/<[^<>]+>/g, 'null');
  return JSON.parse(template).policy;
}

describe('the rules', () => {
  it('are one for each policy of the default app', () => {
    expect(rules.map((rule) => rule.Name).toSorted()).toEqual([
      'healing-Database-connections',
      'healing-Database-cpu',
      'healing-Fleet-cpu',
      'healing-Fleet-disk',
      'healing-Fleet-instance-status',
      'healing-Fleet-memory',
      'healing-Fleet-service-down',
      'healing-Fleet-system-status',
      'healing-Group-group-cpu',
      'healing-Group-response-time',
      'healing-Group-unhealthy-targets',
    ]);
  });

  it.each(rules.map((rule) => [rule.Name, rule]))('%s carries its policy and the event', (name, rule) => {
    expect(`healing-${policySchema.parse(policyOf(rule)).name}`).toBe(name);
    expect(Object.values(rule.Targets[0].InputTransformer.InputPathsMap)).toEqual(['$']);
  });

  it.each(rules.map((rule) => [rule.Name, rule]))(
    '%s matches exactly one alarm of the stack, going into ALARM or without a state',
    (_, rule) => {
      const named = rule.EventPattern.detail.alarmName.map(inText);
      const own = alarms.filter(([id, { Properties }]) => named.includes(`\${${id}}`) || named.includes(inText(Properties.AlarmName)));
      expect(own).toHaveLength(1);
      expect(rule.EventPattern).toMatchObject({
        source: ['aws.cloudwatch'],
        'detail-type': ['CloudWatch Alarm State Change', 'CloudWatch Alarm Contributor State Change'],
        detail: { state: { value: ['ALARM', { exists: false }] } },
      });
    },
  );

  it.each(rules.map((rule) => [rule.Name, rule]))('%s has a dead-letter queue and a bounded retry', (_, rule) => {
    const [queue] = resources('AWS::SQS::Queue').keys();
    expect(inText(rule.Targets[0].DeadLetterConfig.Arn)).toBe(`\${${queue}.Arn}`);
    expect(rule.Targets[0].RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 900, MaximumRetryAttempts: 20 });
  });

  it('are on the default bus, where AWS puts its events', () => {
    expect(rules.map((rule) => rule.EventBusName)).toEqual(rules.map(() => undefined));
  });

  it('share one permission on intake, since a resource policy holds only 20 KB', () => {
    const { Properties } = onlyResource('AWS::Lambda::Permission');
    expect(Properties.Principal).toBe('events.amazonaws.com');
    expect(inText(Properties.SourceArn)).toMatch(/:rule\/healing-\*$/);
  });

  it('still share one permission when there are a hundred', () => {
    const stack = new Stack(unbundledApp(), 'Many');
    const healing = new HealingPipeline(stack, 'Healing');
    for (let number = 0; number < 100; number += 1) {
      healing.protectFleet(`Fleet${number}`, { fleet: Fleet.tagged('Team', `${number}`), memory: {}, agent: false });
    }
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Events::Rule', 100);
    template.resourceCountIs('AWS::Lambda::Permission', 1);
  });
});
