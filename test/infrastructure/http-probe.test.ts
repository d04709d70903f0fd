import { Aws, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { describe, expect, it } from 'vitest';
import { httpProbeSchema } from '../../lambdas/core/http-probe.ts';
import { HttpProbe } from '../../lib/constructs/http-probe.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { Remedy } from '../../lib/remedy.ts';
import { SelfHealingStack } from '../../lib/self-healing-stack.ts';
import { Target } from '../../lib/target.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { policyIn } from '../support/template.ts';

function templateWith(props: (stack: Stack) => object = () => ({})): Template {
  const stack = new Stack(unbundledApp(), 'Shop');
  const probe = new HttpProbe(stack, 'Probe', { name: 'shop', url: 'https://shop.example.com/health', ...props(stack) });
  probe.slowerThan('slow', Duration.seconds(2));
  new HealingPipeline(stack, 'Healing').heal('Shop', {
    alarm: probe.unavailable,
    target: Target.instance('i-0123456789abcdef0'),
    ladder: [Remedy.restartService('shop')],
  });
  return Template.fromStack(stack);
}

function network(stack: Stack) {
  return Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0123456789abcdef0',
    availabilityZones: ['a'],
    privateSubnetIds: ['subnet-0123456789abcdef0'],
  });
}

describe('the probe of a URL', () => {
  it('requests what it was told every minute, from outside of any network', () => {
    const template = templateWith(() => ({ expectedStatus: 204, timeout: Duration.seconds(3) }));
    const [probe] = Object.values(template.findResources('AWS::Lambda::Function', { Properties: { FunctionName: 'shop' } }));
    expect(probe?.Properties.VpcConfig).toBeUndefined();
    expect(httpProbeSchema.parse(JSON.parse(probe?.Properties.Environment.Variables.HTTP_PROBE))).toEqual({
      ...{ name: 'shop', url: 'https://shop.example.com/health' },
      ...{ expectedStatus: 204, timeoutMilliseconds: 3_000 },
    });
    template.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(1 minute)' });
  });

  it('requests it from within the network that it is given', () => {
    const privateSubnetIds = ['subnet-0123456789abcdef0'];
    const template = templateWith((stack) => ({
      vpc: Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-0123456789abcdef0', availabilityZones: ['a'], privateSubnetIds }),
    }));
    template.hasResourceProperties('AWS::Lambda::Function', { FunctionName: 'shop', VpcConfig: { SubnetIds: privateSubnetIds } });
  });

  it('has an alarm that any ladder can heal by, and that no silence sets off', () => {
    const template = templateWith();
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...{ AlarmName: 'shop-unavailable', Namespace: 'SelfHealing', MetricName: 'Availability', TreatMissingData: 'missing' },
      Dimensions: [{ Name: 'Probe', Value: 'shop' }],
    });
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: Match.objectLike({ detail: { $or: Match.arrayWith([Match.objectLike({ alarmName: [Match.anyValue()] })]) } }),
    });
  });

  it('tells the people of the pipeline that heals by it when it is not set up, fails or is silent', () => {
    const template = templateWith();
    const [topic] = Object.keys(template.findResources('AWS::SNS::Topic'));
    const tells = [{ Ref: topic }];
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...{ AlarmName: 'shop-not-set-up', MetricName: 'NotSetUp', EvaluationPeriods: 15, AlarmActions: tells },
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmName: 'shop-failing', MetricName: 'Errors', AlarmActions: tells });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmName: 'shop-silent', InsufficientDataActions: tells });
  });

  it('brings what tells a fault of the instance from one of its own', () => {
    expect(policyIn(templateWith(), 'healing.Shop').evidence).toEqual({
      ...{ kind: 'probe', metric: 'Availability', dimension: 'Probe', name: 'shop' },
      way: { to: 'https://shop.example.com/health', from: 'the internet' },
      life: {
        ...{ kind: 'status-check', namespace: 'AWS/EC2', metric: 'StatusCheckFailed_Instance', lateBy: { minutes: 5 } },
        dimensions: { InstanceId: 'i-0123456789abcdef0' },
      },
    });
  });

  it('in a network has a security group of its own, which lets out to the URL, to AWS and to DNS only', () => {
    const template = templateWith((stack) => ({ url: 'http://shop.internal:8080/health', vpc: network(stack) }));
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupEgress: [443, 53, 53, 8080].map((FromPort) => Match.objectLike({ FromPort, ToPort: FromPort })),
      SecurityGroupIngress: Match.absent(),
    });
    expect(Object.keys(template.findOutputs('*', { Description: Match.stringLikeRegexp('let it in') }))).toHaveLength(1);
  });

  it('takes a security group that is there, and makes none', () => {
    const template = templateWith((stack) => ({
      vpc: network(stack),
      securityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0123456789abcdef0')],
    }));
    template.hasResourceProperties('AWS::Lambda::Function', {
      VpcConfig: Match.objectLike({ SecurityGroupIds: ['sg-0123456789abcdef0'] }),
    });
    template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
  });

  it('has an alarm for slow answers, to which no answer is not slow', () => {
    templateWith().hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...{ AlarmName: 'shop-slow', MetricName: 'Latency', Threshold: 2_000, TreatMissingData: 'notBreaching' },
    });
  });

  it.each([5, 8])('refuses to call answers slow after %d s that count as none after 5 s: the alarm could never go off', (seconds) => {
    const probe = new HttpProbe(new Stack(unbundledApp(), 'Shop'), 'Probe', { name: 'shop', url: 'https://shop.example.com/health' });
    expect(() => probe.slowerThan('slow', Duration.seconds(seconds))).toThrow(
      `probe.slowerThan: ${seconds} seconds is not allowed: must be above 0 and below the probe's timeout of 5 seconds`,
    );
    expect(() => probe.slowerThan('never', Duration.seconds(0))).toThrow('must be above 0');
    expect(() => probe.slowerThan('slow', Duration.millis(4_999))).not.toThrow();
  });

  it('shows no query, which may hold a token, outside of the function itself', () => {
    const url = 'https://shop.example.com/health?token=t0kEn-9q8w7e#f';
    const { Resources } = templateWith(() => ({ url })).toJSON();
    const shown = Object.values<{ Properties?: { Environment?: unknown } }>(Resources).map(
      ({ Properties: { Environment, ...rest } = {} }) => rest,
    );
    expect(JSON.stringify(shown)).toContain('https://shop.example.com/health ');
    expect(JSON.stringify(shown)).not.toContain('t0kEn');
    expect(JSON.stringify(Resources)).toContain('t0kEn');
  });

  it('shows none in the default app either, whose policy names the place in its messages', () => {
    const url = 'https://shop.example.com/health?token=t0kEn-9q8w7e';
    const template = Template.fromStack(
      new SelfHealingStack(unbundledApp(), 'SelfHealing', { site: { url, instanceId: 'i-0123456789abcdef0' } }),
    );
    expect(policyIn(template, 'healing.Site').seen).toBe('no answer from https://shop.example.com/health');
    const rules = template.findResources('AWS::Events::Rule');
    expect(JSON.stringify(rules)).not.toContain('t0kEn');
  });

  it.each([
    'https://app:hUnt3r2Zq8w@shop.example.com/',
    'HTTP://app@shop/',
    'https:/app:hUnt3r2Zq8w@shop/',
    `https://app:hUnt3r2Zq8w@${Aws.REGION}.shop/`,
  ])('is refused with a login, which the message does not repeat: %s', (url) => {
    expect(() => templateWith(() => ({ url }))).toThrow(/probe\.url: a name and password are not allowed/);
    expect(() => templateWith(() => ({ url }))).not.toThrow(/hUnt3r2/);
  });

  it.each(['https://shop.example.com/@app', 'https://shop.example.com/?to=a@b.c', `https://${Aws.REGION}.shop/health`])(
    'takes a sign of a login elsewhere: %s',
    (url) => expect(() => templateWith(() => ({ url }))).not.toThrow(),
  );

  it.each([{ url: 'shop.example.com' }, { expectedStatus: 42 }, { timeout: Duration.minutes(2) }])('is refused with %j', (wrong) => {
    expect(() => templateWith(() => wrong)).toThrow(/probe\..* is not allowed/);
  });
});
