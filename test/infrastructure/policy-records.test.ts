import { createHash } from 'node:crypto';
import { CfnDynamicReference, CfnDynamicReferenceService, CfnParameter, Fn, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { AmazonLinuxImage, CfnInstance, InstanceType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { describe, expect, it } from 'vitest';
import { agrees, policyRecordSchema } from '../../lambdas/core/policy-record.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { Remedy } from '../../lib/remedy.ts';
import { Target } from '../../lib/target.ts';
import { renewRecords } from '../../rehearsal/stage/policy-records.ts';
import { shortenDurations } from '../../rehearsal/stage/shortened-durations.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { completeTemplate, inText, policyIn, resources } from '../support/template.ts';

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex');

/** The records of a template by the names of their policies, with references as texts. */
function recordsIn(template: Template) {
  const records = [...resources('AWS::SSM::Parameter', template)].flatMap(([id, { Properties }]) => {
    const [, name] = /^\/self-healing\/healing\/policies\/(.+)$/.exec(Properties.Name) ?? [];
    return name === undefined ? [] : [[name, { id, record: policyRecordSchema.parse(JSON.parse(inText(Properties.Value))) }] as const];
  });
  return new Map(records);
}

function rulesIn(template: Template) {
  return [...resources('AWS::Events::Rule', template).values()].filter(
    ({ Properties }) => Properties.EventBusName === undefined && Properties.Targets[0].InputTransformer,
  );
}

/** A stack in which most names are known only at deployment. */
function lateTemplate(): Template {
  const app = unbundledApp();
  const other = new Stack(app, 'Other');
  const alarm = new Alarm(other, 'Alarm', {
    metric: new Metric({ namespace: 'Shop', metricName: 'Errors' }),
    threshold: 1,
    evaluationPeriods: 1,
  });
  const stack = new Stack(app, 'Late');
  const healing = new HealingPipeline(stack, 'Healing');
  const instance = (id: string) => new CfnInstance(stack, id, { imageId: 'ami-1' }).ref;
  const group = new AutoScalingGroup(stack, 'Group', {
    vpc: Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'], publicSubnetIds: ['subnet-1'] }),
    instanceType: new InstanceType('t3.micro'),
    machineImage: new AmazonLinuxImage(),
  });
  healing.protectFleet('Pair', { fleet: Fleet.ofInstances([instance('A'), instance('B')]), memory: {} });
  healing.protectFleet('Web', { fleet: Fleet.ofAutoScalingGroup(group.autoScalingGroupName), groupCpu: {} });
  healing.heal('Errors', { alarm, target: Target.instance(instance('C')), ladder: [Remedy.restartInstance()] });
  return Template.fromStack(stack);
}

describe.each([
  ['the complete example', completeTemplate()],
  ['a stack whose names are known only at deployment', lateTemplate()],
])('in %s', (_, template) => {
  const records = recordsIn(template);
  const rules = rulesIn(template);

  it('there is one record for each rule, and the policy in the rule agrees with it', () => {
    expect(rules.length).toBe(records.size);
    for (const { Properties } of rules) {
      const policy = policyIn(template, Properties.Name);
      const { record } = records.get(policy.name) ?? {};
      expect([policy.name, record && agrees(policy, record, digestOf)]).toEqual([policy.name, true]);
      const changed = { ...policy, mode: policy.mode === 'shadow' ? 'automatic' : 'shadow' };
      expect([policy.name, record && agrees(changed, record, digestOf)]).toEqual([policy.name, false]);
    }
  });

  it('the records are written before the rules and before the function that reads them', () => {
    const [intake] = [...resources('AWS::Lambda::Function', template).values()].filter(
      ({ Properties }) => Properties.FunctionName === 'healing-intake',
    );
    const ids = [...records.values()].map(({ id }) => id);
    expect((intake as unknown as { DependsOn: string[] }).DependsOn).toEqual(expect.arrayContaining(ids));
    for (const rule of rules) {
      const { id } = records.get(policyIn(template, rule.Properties.Name).name) ?? {};
      expect([(rule as unknown as { DependsOn: string | string[] }).DependsOn].flat()).toContain(id);
    }
  });

  it('a template of the rehearsal with shorter durations has records that agree with them', () => {
    const shortened = shortenDurations(template.toJSON(), 30).template.Resources ?? {};
    const all = Object.values(shortened);
    const digests = all
      .filter(({ Properties }) => String(Properties?.Name).includes('/policies/'))
      .map(({ Properties }) => policyRecordSchema.parse(JSON.parse(inText(Properties?.Value))));
    const policies = all.flatMap(({ Type, Properties }) => {
      const isOfPolicy = Type === 'AWS::Events::Rule' && Properties?.EventBusName === undefined;
      const [target] = ((isOfPolicy && Properties?.Targets) || []) as { InputTransformer?: { InputTemplate: unknown } }[];
      if (!target?.InputTransformer) return [];
      return [JSON.parse(inText(target.InputTransformer.InputTemplate).replaceAll(/<[^<>]+>/g, 'null')).policy];
    });
    expect(policies.length).toBe(records.size);
    for (const policy of policies) {
      expect([policy.name, digests.filter((record) => agrees(policy, record, digestOf)).length]).toEqual([policy.name, 1]);
    }
  });

  it('a template of the rehearsal whose policies were not changed keeps its records', () => {
    expect(renewRecords(template.toJSON())).toEqual(template.toJSON());
  });
});

it('a value that is known only at deployment is part of the record, by where it stands', () => {
  const { record } = recordsIn(lateTemplate()).get('Errors') ?? {};
  expect(record?.values.map(([path]) => path.join('.'))).toEqual(expect.arrayContaining(['targets.target.id', 'group.target.id']));
});

/** A text as CloudFormation deploys it: with references filled in and dynamic references resolved. */
const deployed = (text: unknown) =>
  inText(text)
    .replaceAll(/\{\{resolve:[^}]*\}\}/g, 'resolved')
    .replaceAll(/\$\{[^}]*\}/g, 'filled-in');

describe('a policy agrees with its record when it is deployed, with', () => {
  const versioned = (stack: Stack) => StringParameter.fromStringParameterAttributes(stack, 'Known', { parameterName: '/asg', version: 3 });
  it.each<[string, (stack: Stack) => string, string]>([
    ['a parameter of the template', (stack) => new CfnParameter(stack, 'Name').valueAsString, 'filled-in'],
    ['a parameter of Systems Manager', (stack) => StringParameter.valueForStringParameter(stack, '/asg'), 'filled-in'],
    ['an attribute', (stack) => new CfnInstance(stack, 'One', { imageId: 'ami-1' }).attrPrivateDnsName, 'filled-in'],
    ['an imported value', () => Fn.importValue('asg'), 'filled-in'],
    ['a text with a reference in it', (stack) => `shop-${new CfnParameter(stack, 'Name').valueAsString}`, 'shop-filled-in'],
    ['a dynamic reference', (stack) => versioned(stack).stringValue, 'resolved'],
    ['a text with a dynamic reference in it', (stack) => `shop-${versioned(stack).stringValue}`, 'shop-resolved'],
    ['a dynamic reference of its own', () => new CfnDynamicReference(CfnDynamicReferenceService.SSM, '/asg:3').toString(), 'resolved'],
  ])('%s', (_, nameIn, name) => {
    const stack = new Stack(unbundledApp(), 'Late');
    const fleet = Fleet.ofAutoScalingGroup(nameIn(stack));
    new HealingPipeline(stack, 'Healing').protectFleet('Web', {
      fleet,
      groupCpu: {},
      memory: { runbook: 'https://wiki.example.com/?page={{resolve:ssm:/page:1}}' },
    });
    const template = Template.fromStack(stack);
    const records = [...resources('AWS::SSM::Parameter', template).values()].filter(({ Properties }) => /policies/.test(Properties.Name));
    expect(records).toHaveLength(2);
    for (const { Properties } of records) {
      const rule = rulesIn(template).find(({ Properties: { Name } }) => Properties.Name.endsWith(Name.replace('healing.', '/')));
      const { InputTemplate } = rule?.Properties.Targets[0].InputTransformer ?? {};
      const { policy } = JSON.parse(deployed(InputTemplate).replaceAll(/<[^<>]+>/g, 'null'));
      expect(policy.group.name ?? policy.group.target.name).toBe(name);
      expect(agrees(policy, policyRecordSchema.parse(JSON.parse(deployed(Properties.Value))), digestOf)).toBe(true);
    }
  });
});

it('the permission of the rules covers no rule of a pipeline whose name begins the same', () => {
  const covered = [...resources('AWS::Lambda::Permission', completeTemplate()).values()]
    .flatMap(({ Properties: { SourceArn } }) => (SourceArn === undefined ? [] : inText(SourceArn)))
    .filter((arn) => arn.includes('*'));
  expect(covered.map((arn) => arn.split(':').at(-1))).toEqual(['rule/healing.*']);
  const stack = new Stack(unbundledApp(), 'Alike');
  new HealingPipeline(stack, 'Healing', { name: 'healing-x' }).protectFleet('Web', { fleet: Fleet.tagged('SelfHeal', 'x'), memory: {} });
  const names = rulesIn(Template.fromStack(stack)).map(({ Properties }) => Properties.Name);
  expect(names).toEqual(['healing-x.Web-memory']);
  expect(names.filter((name) => name.startsWith('healing.'))).toEqual([]);
});
