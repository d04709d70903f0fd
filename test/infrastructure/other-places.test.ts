import { Fn, Stack } from 'aws-cdk-lib';
import { Alarm, CompositeAlarm, type IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { ApplicationLoadBalancer, ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it } from 'vitest';
import { Database } from '../../lib/database.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingHub } from '../../lib/healing-hub.ts';
import { HealingPipeline, type HealingPipelineProps } from '../../lib/healing-pipeline.ts';
import { Remedy } from '../../lib/remedy.ts';
import { Target } from '../../lib/target.ts';
import { Webhook } from '../../lib/webhook.ts';
import { unbundledApp } from '../support/default-stack.ts';

const home = { account: '111122223333', region: 'eu-west-1' };
const REGION = 'us-east-1';
const STRANGER = '999999999999';

type Build = (stack: Stack, healing: (props?: HealingPipelineProps) => HealingPipeline, account: string, region: string) => unknown;

/** What is built with resources of a place, in a stack with a place of its own or without one. */
function build(make: Build, { account, region }: typeof home, env: Partial<typeof home> = home): void {
  const stack = new Stack(unbundledApp(), 'Shop', { env });
  make(stack, (props = {}) => new HealingPipeline(stack, 'Healing', props), account, region);
}

const alarmArn = (account: string, region: string) => `arn:aws:cloudwatch:${region}:${account}:alarm:cdn`;
const heal = (healing: HealingPipeline, alarm: IAlarm, ladder = [Remedy.waitAndSee()], more = {}) =>
  healing.heal('Custom', { alarm, target: Target.instance('i-0123456789abcdef0'), ladder, ...more });
const any = (stack: Stack) => Alarm.fromAlarmName(stack, 'Any', 'any');
const vpcOf = (stack: Stack) =>
  Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0123456789abcdef0',
    availabilityZones: ['a'],
    privateSubnetIds: ['subnet-0123456789abcdef0'],
  });
const behind = { loadBalancer: 'app/web/0123456789abcdef', targetGroup: 'targetgroup/web/0123456789abcdef' };
const elb = (account: string, region: string, what: string) => `arn:aws:elasticloadbalancing:${region}:${account}:${what}`;
const secretOf = (stack: Stack, account: string, region: string) =>
  Secret.fromSecretCompleteArn(stack, 'Secret', `arn:aws:secretsmanager:${region}:${account}:secret:orders-AbCdEf`);

const builds: Readonly<Record<string, { readonly make: Build; readonly shared?: boolean; readonly global?: boolean }>> = {
  'an alarm by ARN': { make: (stack, healing, ...place) => heal(healing(), Alarm.fromAlarmArn(stack, 'Alarm', alarmArn(...place))) },
  'a composite alarm by ARN': {
    make: (stack, healing, ...place) => heal(healing(), CompositeAlarm.fromCompositeAlarmArn(stack, 'Alarm', alarmArn(...place))),
  },
  'a second opinion': {
    make: (stack, healing, ...place) =>
      heal(healing(), any(stack), [Remedy.restartInstance()], {
        guardrails: { secondOpinion: Alarm.fromAlarmArn(stack, 'Opinion', alarmArn(...place)) },
      }),
  },
  'a second opinion of a protection': {
    make: (stack, healing, ...place) =>
      healing().protectFleet('Web', {
        fleet: Fleet.tagged('SelfHeal', 'enabled'),
        memory: {},
        guardrails: { secondOpinion: Alarm.fromAlarmArn(stack, 'Opinion', alarmArn(...place)) },
      }),
  },
  'a second opinion of a symptom': {
    make: (stack, healing, ...place) =>
      healing().protectFleet('Web', {
        fleet: Fleet.tagged('SelfHeal', 'enabled'),
        memory: { guardrails: { secondOpinion: Alarm.fromAlarmArn(stack, 'Opinion', alarmArn(...place)) } },
      }),
  },
  'a target group': {
    make: (stack, healing, ...place) => {
      const targetGroup = ApplicationTargetGroup.fromTargetGroupAttributes(stack, 'Targets', {
        targetGroupArn: elb(...place, 'targetgroup/web/0123456789abcdef'),
      });
      healing().protectFleet('Web', {
        fleet: Fleet.ofAutoScalingGroup('web', { ...behind, targetGroup }),
        responseTime: { aboveSeconds: 2 },
      });
    },
  },
  'a load balancer': {
    make: (stack, healing, ...place) => {
      const loadBalancer = ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(stack, 'Balancer', {
        securityGroupId: 'sg-0123456789abcdef0',
        loadBalancerArn: elb(...place, 'loadbalancer/app/web/0123456789abcdef'),
      });
      healing().protectFleet('Web', {
        fleet: Fleet.ofAutoScalingGroup('web', { ...behind, loadBalancer }),
        responseTime: { aboveSeconds: 2 },
      });
    },
  },
  'the secret of a login': {
    shared: true,
    make: (stack, healing, ...place) =>
      healing().protectDatabase('Orders', {
        database: Database.instance('orders', {
          engine: 'postgresql',
          host: 'orders.c0123456789a.eu-west-1.rds.amazonaws.com',
          vpc: vpcOf(stack),
          login: { secret: secretOf(stack, ...place) },
        }),
        connectivity: {},
      }),
  },
  'the secret of a webhook': {
    shared: true,
    make: (stack, healing, ...place) => {
      const webhook = Webhook.devOpsAgent('agent', { url: 'https://agent.example.com/x', secret: secretOf(stack, ...place) });
      healing({ notify: { webhooks: [webhook] } });
    },
  },
  'a key of moveInstance': {
    shared: true,
    make: (stack, healing, account, region) =>
      heal(healing(), any(stack), [
        Remedy.moveInstance({ keys: [`arn:aws:kms:${region}:${account}:key/0f0f0f0f-0000-4000-8000-000000000001`] }),
      ]),
  },
  'a calendar': {
    shared: true,
    make: (stack, healing, account, region) =>
      heal(healing(), any(stack), [Remedy.restartInstance()], {
        guardrails: { calendars: [`arn:aws:ssm:${region}:${account}:document/Freeze`] },
      }),
  },
  'the role of a runbook': {
    global: true,
    make: (stack, healing, account) =>
      heal(healing(), any(stack), [
        Remedy.runRunbook({ document: 'Tidy', assumeRole: `arn:aws:iam::${account}:role/tidy`, targetParameter: 'InstanceId' }),
      ]),
  },
};

describe.each(Object.entries(builds))('%s', (_, { make, shared = false, global = false }) => {
  it('is taken from the place of the pipeline', () => {
    expect(() => build(make, home)).not.toThrow();
  });

  it.skipIf(global)('is refused from another Region', () => {
    expect(() => build(make, { ...home, region: REGION })).toThrow(/Region us-east-1, the pipeline in .*Region eu-west-1/);
  });

  it.skipIf(shared)('is refused from another account', () => {
    expect(() => build(make, { ...home, account: STRANGER })).toThrow(/account 999999999999.*, the pipeline in account 111122223333/);
  });

  it.runIf(shared)('is taken from another account, which may share it', () => {
    expect(() => build(make, { ...home, account: STRANGER })).not.toThrow();
  });

  it('is taken from anywhere where the place of the pipeline is not known', () => {
    expect(() => build(make, { account: STRANGER, region: REGION }, {})).not.toThrow();
  });

  it('is taken where its own place is not known', () => {
    expect(() => build(make, { account: Fn.importValue('Account'), region: Fn.importValue('Region') })).not.toThrow(/the pipeline in/);
  });
});

describe('what has other places', () => {
  it('a network of another Region is refused', () => {
    const make: Build = (stack, healing) => {
      const other = new Stack(stack.node.root, 'Other', { env: { ...home, region: REGION } });
      healing().protectDatabase('Orders', {
        database: Database.instance('orders', {
          engine: 'postgresql',
          host: 'orders.c0123456789a.eu-west-1.rds.amazonaws.com',
          vpc: vpcOf(other),
          login: { iamUser: 'healing', resourceId: 'db-ABCDEFGHIJKL01234' },
        }),
        connectivity: {},
      });
    };
    expect(() => build(make, home)).toThrow('it must be in the Region of the pipeline');
  });

  it('a hub of any account and Region is taken, but of no other partition', () => {
    const hub =
      (partition: string, region: string): Build =>
      (_, healing) =>
        healing({ hub: { busArn: `arn:${partition}:events:${region}:999999999999:event-bus/healing-hub` } });
    expect(() => build(hub('aws', 'us-east-1'), home)).not.toThrow();
    expect(() => build(hub('aws-cn', 'cn-north-1'), home)).toThrow('is in partition aws-cn, the pipeline in aws');
  });

  it.each([
    ['eu-west-1', 'aws'],
    ['il-central-1', 'aws'],
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
  ])('a hub in %s has a bus in the partition %s, without a word of it', (region, partition) => {
    const busArn = HealingHub.busArn({ account: '999999999999', region });
    expect(busArn).toBe(`arn:${partition}:events:${region}:999999999999:event-bus/healing-hub`);
    expect(() => build((_, healing) => healing({ hub: { busArn } }), home, { ...home, region })).not.toThrow();
  });

  it('the parameters of a runbook may name what is anywhere', () => {
    const make: Build = (stack, healing) =>
      heal(healing(), any(stack), [
        Remedy.runRunbook({
          document: 'Tidy',
          assumeRole: 'arn:aws:iam::111122223333:role/tidy',
          parameters: { Topic: ['arn:aws:sns:us-east-1:999999999999:tidied'] },
        }),
      ]);
    expect(() => build(make, home)).not.toThrow();
  });
});
