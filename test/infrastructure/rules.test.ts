import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { policySchema } from '../../lambdas/core/policy.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { inText, resources } from '../support/template.ts';

/** Those that carry a policy; what else enters the pipeline has tests of its own. */
const rules = [...resources('AWS::Events::Rule').values()]
  .map(({ Properties }) => Properties)
  .filter(({ Targets }) => Targets[0].InputTransformer !== undefined);
const alarms = [...resources('AWS::CloudWatch::Alarm')];

/** The policy in the input of a rule, as intake gets it: references are put in as text. */
function policyOf(rule: { Targets: [{ InputTransformer: { InputTemplate: unknown } }] }): unknown {
  const template = inText(rule.Targets[0].InputTransformer.InputTemplate).replaceAll(/<[^<>]+>/g, 'null');
  return JSON.parse(template).policy;
}

/** Who may call intake. */
function permissionsOfIntake(template?: Template) {
  return [...resources('AWS::Lambda::Permission', template).values()]
    .map(({ Properties }) => Properties)
    .filter(({ FunctionName }) => inText(FunctionName).includes('Intake'));
}

describe('the rules', () => {
  it('are one for each policy of the default app', () => {
    expect(rules.map((rule) => rule.Name).toSorted()).toEqual([
      'healing.Database-connections',
      'healing.Database-cpu',
      'healing.Fleet-cpu',
      'healing.Fleet-disk',
      'healing.Fleet-instance-status',
      'healing.Fleet-memory',
      'healing.Fleet-service-down',
      'healing.Fleet-system-status',
      'healing.Group-group-cpu',
      'healing.Group-response-time',
      'healing.Group-unhealthy-targets',
    ]);
  });

  it.each(rules.map((rule) => [rule.Name, rule]))('%s carries its policy and the event', (name, rule) => {
    expect(`healing.${policySchema.parse(policyOf(rule)).name}`).toBe(name);
    expect(Object.values(rule.Targets[0].InputTransformer.InputPathsMap)).toEqual(['$']);
  });

  const ofAlarms = rules.filter(({ EventPattern }) => EventPattern['detail-type'][0] !== 'EC2 Instance Status Check Failed');

  it.each(ofAlarms.map((rule) => [rule.Name, rule]))(
    '%s matches exactly one alarm of the stack, going into ALARM or without a state',
    (_, rule) => {
      const [ofAlarm] = rule.EventPattern.detail.$or;
      const named = ofAlarm.alarmName.map(inText);
      const own = alarms.filter(([id, { Properties }]) => named.includes(`\${${id}}`) || named.includes(inText(Properties.AlarmName)));
      expect(own).toHaveLength(1);
      expect(rule.EventPattern).toMatchObject({
        account: [{ Ref: 'AWS::AccountId' }],
        source: ['aws.cloudwatch', 'self-healing.healing', 'self-healing-drill.healing'],
        'detail-type': ['CloudWatch Alarm State Change', 'CloudWatch Alarm Contributor State Change', 'Self-Healing Drill'],
        detail: { $or: [{ state: { value: ['ALARM', { exists: false }] } }, {}] },
      });
    },
  );

  it.each(rules.map((rule) => [rule.Name, rule]))('%s lets in drills of its own policy, under the source of drills', (name, rule) => {
    expect(rule.EventPattern.source).toContain('self-healing-drill.healing');
    expect(rule.EventPattern['detail-type']).toContain('Self-Healing Drill');
    expect(rule.EventPattern.detail.$or.at(-1)).toEqual({ policy: [name.replace('healing.', '')], drill: [{ exists: true }] });
  });

  it.each(ofAlarms.map((rule) => [rule.Name, rule]))('%s names its alarm beside the policy, for drills, which name none', (_, rule) => {
    const carried = JSON.parse(inText(rule.Targets[0].InputTransformer.InputTemplate).replaceAll(/<[^<>]+>/g, 'null'));
    expect(carried.alarm).toBe(inText(rule.EventPattern.detail.$or[0].alarmName[0]));
  });

  it.each(rules.map((rule) => [rule.Name, rule]))('%s has a dead-letter queue and a bounded retry', (_, rule) => {
    const [queue] = resources('AWS::SQS::Queue').keys();
    expect(inText(rule.Targets[0].DeadLetterConfig.Arn)).toBe(`\${${queue}.Arn}`);
    expect(rule.Targets[0].RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 900, MaximumRetryAttempts: 20 });
  });

  it('are on the default bus, where AWS puts its events', () => {
    expect(rules.map((rule) => rule.EventBusName)).toEqual(rules.map(() => undefined));
  });

  it('share one permission on intake, since a resource policy holds only 20 KB', () => {
    const [permission, ...more] = permissionsOfIntake();
    expect(more).toEqual([]);
    expect(permission?.Principal).toBe('events.amazonaws.com');
    expect(inText(permission?.SourceArn)).toMatch(/:rule\/healing\.\*$/);
  });

  it('still share one permission when there are more than one stack takes', () => {
    const stack = new Stack(unbundledApp(), 'Many');
    const healing = new HealingPipeline(stack, 'Healing');
    for (let number = 0; number < 100; number += 1) {
      healing.protectFleet(`Fleet${number}`, { fleet: Fleet.tagged('Team', `${number}`), memory: {}, agent: false });
    }
    const template = Template.fromStack(stack);
    const carrying = [...resources('AWS::Events::Rule', template).values()].filter(
      ({ Properties }) => Properties.Targets[0].InputTransformer,
    );
    expect(carrying.length).toBeGreaterThan(40);
    expect(permissionsOfIntake(template)).toHaveLength(1);
  });
});
