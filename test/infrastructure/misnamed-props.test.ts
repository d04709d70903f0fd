import { Duration, SecretValue, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { describe, expect, it } from 'vitest';
import { HttpProbe } from '../../lib/constructs/http-probe.ts';
import { Database } from '../../lib/database.ts';
import type { DatabaseAccess } from '../../lib/database-access.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingHub } from '../../lib/healing-hub.ts';
import { HealingPipeline, type HealingPipelineProps, type HealProps } from '../../lib/healing-pipeline.ts';
import type { NotificationsProps } from '../../lib/notifications-props.ts';
import { PolicyError } from '../../lib/policy-error.ts';
import type { DatabaseProtection, FleetProtection } from '../../lib/protection.ts';
import { Remedy } from '../../lib/remedy.ts';
import { SelfHealingStack } from '../../lib/self-healing-stack.ts';
import { Target } from '../../lib/target.ts';
import { Webhook } from '../../lib/webhook.ts';
import { unbundledApp } from '../support/default-stack.ts';

/** As a variable hands props over: the compiler does not look for names that are not there. */
type Loose = Readonly<Record<string, unknown>>;
const loose = <Props>(props: Loose): Props => props as Props;

const stackOf = () => new Stack(unbundledApp(), 'Stack', { env: { account: '111122223333', region: 'eu-west-1' } });
const pipeline = (props: Loose = {}, stack = stackOf()) => new HealingPipeline(stack, 'Healing', loose<HealingPipelineProps>(props));
const notify = (props: Loose) => () => pipeline({ notify: loose<NotificationsProps>(props) });
const fleet = (props: Loose, healing = pipeline()) =>
  healing.protectFleet('Web', loose<FleetProtection>({ fleet: Fleet.tagged('SelfHeal', 'enabled'), ...props }));
const heal = (props: Loose, healing = pipeline()) =>
  healing.heal(
    'Custom',
    loose<HealProps>({
      alarm: Alarm.fromAlarmName(healing, 'Any', 'any'),
      target: Target.instance('i-0123456789abcdef0'),
      ladder: [Remedy.waitAndSee()],
      ...props,
    }),
  );
describe('what the compiler refuses in TypeScript is refused at synth where props come from JavaScript', () => {
  const disk = (more: Loose) => () => fleet({ memory: more });
  it.each<[string, () => unknown, string]>([
    ['a fleet that is none', () => fleet({ fleet: 'asg', memory: {} }), 'fleet: "asg" is not allowed: must be made by a method of Fleet'],
    ['no fleet', () => fleet({ fleet: undefined, memory: {} }), 'fleet: (nothing) is not allowed: must be made by a method of Fleet'],
    ['a protection of nothing', () => pipeline().protectFleet('Web', undefined as never), 'fleet: (nothing) is not allowed'],
    [
      'a database that is none',
      () => pipeline().protectDatabase('Orders', loose<DatabaseProtection>({ database: 'orders', cpu: {} })),
      'database: "orders" is not allowed: must be made by a method of Database',
    ],
    ['an alarm by its name', () => heal({ alarm: 'any' }), 'alarm: "any" is not allowed: must be a construct'],
    ['a target by its id', () => heal({ target: 'i-1' }), 'target: "i-1" is not allowed: must be made by a method of Target'],
    ['a symptom that is switched off', () => fleet({ memory: false }), 'memory: false is not allowed: must be an object'],
    ['a symptom that is switched on', () => fleet({ memory: true }), 'memory: true is not allowed: must be an object'],
    ['a symptom that is null', () => fleet({ memory: null }), 'memory: null is not allowed: must be an object'],
    [
      'drills for real that are switched off by a text',
      () => pipeline({ drills: 'false' }),
      'drills: "false" is not allowed: must be true or false',
    ],
    [
      'a dashboard that is switched off by a number',
      () => pipeline({ dashboard: 0 }),
      'dashboard: 0 is not allowed: must be true or false',
    ],
    ['an agent that is left to others by a text', () => fleet({ memory: {}, agent: 'false' }), 'agent: "false" is not allowed'],
    [
      'drills of a hub that are switched off by a text',
      () => pipeline({ hub: { busArn: 'arn:aws:events:eu-west-1:111122223333:event-bus/healing-hub', drills: 'false' } }),
      'drills: "false" is not allowed',
    ],
    ['a ladder of one rung', disk({ ladder: Remedy.waitAndSee() }), 'ladder: must be a list'],
    ['a rung by its name', disk({ ladder: ['waitAndSee'] }), 'ladder.0: "waitAndSee" is not allowed: must be made by a method of Remedy'],
    ['a rung that was not made', disk({ ladder: [Remedy.waitAndSee] }), 'ladder.0: '],
    ['a ladder of heal that is none', () => heal({ ladder: undefined }), 'ladder: must be a list'],
    ['a time as text', disk({ guardrails: { cooldown: '10m' } }), 'guardrails.cooldown: "10m" is not allowed: must be a Duration'],
    ['a time to answer as a number', disk({ mode: 'approval', approval: { within: 5 } }), 'approval.within: 5 is not allowed'],
    ['a probation as text', disk({ probation: '3m' }), 'memory.probation: "3m" is not allowed: must be a Duration'],
    ['a pause in hours', () => pipeline({ pause: { remindEvery: 4 } }), 'remindEvery: 4 is not allowed: must be a Duration'],
    [
      'a time of a rung as text',
      disk({ ladder: [Remedy.waitAndSee({}, loose({ settle: '1m' }))] }),
      'ladder.0.wait-and-see.settle: "1m" is not allowed: must be a Duration',
    ],
    ['a bus by its name', notify({ bus: 'tools' }), 'notify.bus: "tools" is not allowed: must be a construct'],
    ['a topic by its ARN', notify({ topic: 'arn:aws:sns:eu-west-1:111122223333:x' }), 'must be a construct'],
    ['a webhook by its address', notify({ webhooks: ['https://x'] }), 'notify.webhooks.0: "https://x" is not allowed'],
  ])('%s', (_, synth, message) => {
    expect(synth).toThrow(PolicyError);
    expect(synth).toThrow(message);
  });
});

it('props of a class, whose values are getters, are read as they are, and may have more', () => {
  class Shop {
    readonly stage = 'test';
    get name() {
      return 'shop';
    }
    get mode() {
      return 'shadow' as const;
    }
  }
  expect(new HealingPipeline(stackOf(), 'Healing', new Shop())).toMatchObject({ name: 'shop' });
  const inherited = Object.create({ name: 'shop' }) as HealingPipelineProps;
  expect(new HealingPipeline(stackOf(), 'Healing', inherited)).toMatchObject({ name: 'shop' });
});

const access = (stack: Stack, more: Loose = {}) =>
  loose<DatabaseAccess>({
    engine: 'postgresql',
    host: 'orders.c0123456789a.eu-west-1.rds.amazonaws.com',
    login: { iamUser: 'healing', resourceId: 'db-ABCDEFGHIJKL01234' },
    vpc: Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['eu-west-1a'],
      privateSubnetIds: ['subnet-0123456789abcdef0'],
    }),
    ...more,
  });
const database = (props: Loose, more: Loose = {}, stack = stackOf()) =>
  pipeline({}, stack).protectDatabase(
    'Orders',
    loose<DatabaseProtection>({ database: Database.instance('orders', access(stack, more)), ...props }),
  );

describe('a name that is not known is refused with the nearest one', () => {
  it.each<[string, () => unknown, string]>([
    ['of the pipeline', () => pipeline({ actsPerHor: 2 }), 'actsPerHor: is not known; the nearest name is actsPerHour'],
    [
      'of guardrails',
      () => fleet({ memory: {}, guardrails: { blastRadiusMember: 1 } }),
      'guardrails.blastRadiusMember: is not known; the nearest name is blastRadiusMembers',
    ],
    [
      'of guardrails of a symptom',
      () => fleet({ memory: { guardrails: { healthyFlorPercent: 90 } } }),
      'guardrails.healthyFlorPercent: is not known; the nearest name is healthyFloorPercent',
    ],
    [
      'of guardrails of an alarm',
      () => heal({ guardrails: { attemps: 1 } }),
      'guardrails.attemps: is not known; the nearest name is attempts',
    ],
    [
      'of a change condition',
      () => fleet({ memory: {}, guardrails: { calendar: ['Freeze'] } }),
      'guardrails.calendar: is not known; the nearest name is calendars',
    ],
    [
      'of a protected window',
      () => fleet({ memory: {}, guardrails: { protectedWindows: [{ day: ['mon'], from: '22:00', to: '06:00', timeZone: 'UTC' }] } }),
      '"day"',
    ],
    ['of heal', () => heal({ runbok: 'https://example.com' }), 'runbok: is not known; the nearest name is runbook'],
    [
      'of the question',
      () => fleet({ memory: {}, approval: { aprovers: 2 } }),
      'approval.aprovers: is not known; the nearest name is approvers',
    ],
    [
      'of a rung',
      () => heal({ ladder: [Remedy.restartInstance({}, { settel: Duration.minutes(1) } as object)] }),
      'ladder.0.restart-instance.settel: is not known; the nearest name is settle',
    ],
    [
      'of the pause',
      () => pipeline({ pause: { remindEach: Duration.hours(1) } }),
      'remindEach: is not known; the nearest name is remindEvery',
    ],
    [
      'of the hub',
      () => pipeline({ hub: { busArn: 'arn:aws:events:eu-west-1:999999999999:event-bus/healing-hub', drill: true } }),
      'drill: is not known; the nearest name is drills',
    ],
    [
      'of the place of a hub',
      () => HealingHub.busArn(loose({ account: '999999999999', region: 'eu-west-1', nam: 'mine' })),
      'nam: is not known; the nearest name is name',
    ],
    [
      'of whom a hub tells',
      () => new HealingHub(stackOf(), 'Hub', loose({ accounts: ['111122223333'], notify: { quietHours: {} } })),
      'notify.quietHours: is not known',
    ],
    ['of links', () => pipeline({ approvalLinks: { to: [{ name: 'Ada', email: 'ada@example.com' }], atonce: 3 } }), '"atonce"'],
    ['of notify', notify({ quietHour: {} }), 'notify.quietHour: is not known; the nearest name is quietHours'],
    ['of mails', notify({ mails: { stage: ['storm'] } }), '"stage"'],
    ['of quiet hours', notify({ quietHours: { from: '22:00', to: '07:00', timeZone: 'UTC', day: ['mon'] } }), '"day"'],
    ['of chat', notify({ chat: { slak: {} } }), '"slak"'],
    ['of OpsItems', notify({ opsItems: { stage: ['storm'] } }), '"stage"'],
    ['of the digest', notify({ digest: { hours: 7 } }), '"hours"'],
    [
      'of a webhook',
      () => Webhook.pagerDuty('pagerduty', loose({ routingKey: SecretValue.secretsManager('x'), serviceRegoin: 'eu' })),
      '"serviceRegoin"',
    ],
    ['of the access to a database', () => database({ cpu: {} }, { ports: 5433 }), 'access.ports: is not known; the nearest name is port'],
    [
      'of a login',
      () => database({ cpu: {} }, { login: { iamUser: 'healing', resourceID: 'db-ABCDEFGHIJKL01234' } }),
      'access.login.resourceID: is not known; the nearest name is resourceId',
    ],
    [
      'of the load balancer of a fleet',
      () =>
        Fleet.ofAutoScalingGroup(
          'web',
          loose({ loadBalancer: 'app/web/0123456789abcdef', targetGroups: 'targetgroup/web/0123456789abcdef' }),
        ),
      'loadBalancer.targetGroups: is not known; the nearest name is targetGroup',
    ],
    [
      'of a probe',
      () => new HttpProbe(stackOf(), 'Probe', loose({ url: 'https://shop.example.com', expectStatus: 204 })),
      'probe.expectStatus: is not known; the nearest name is expectedStatus',
    ],
    [
      'of the database of the default app',
      () => new SelfHealingStack(unbundledApp(), 'Default', { database: loose({ id: 'orders', connectionAbove: 80 }) }),
      'database.connectionAbove: is not known; the nearest name is connectionsAbove',
    ],
    [
      'of the site of the default app',
      () =>
        new SelfHealingStack(unbundledApp(), 'Default', {
          site: loose({ url: 'https://shop.example.com', instanceId: 'i-0123456789abcdef0', pgBouncer: true }),
        }),
      'site.pgBouncer: is not known; the nearest name is pgbouncer',
    ],
  ])('%s', (_, make, words) => {
    expect(make).toThrow(words);
    expect(make).toThrow(/policy .* is not valid/);
  });

  it('refuses props that are none', () => {
    expect(() => fleet({ memory: {}, guardrails: 5 })).toThrow('guardrails: 5 is not allowed: must be an object');
  });
});

describe('what is undefined counts as not given', () => {
  it.each<[string, (healing: HealingPipeline) => unknown, (healing: HealingPipeline) => unknown]>([
    [
      'a guardrail',
      (healing) => fleet({ memory: {}, guardrails: { cooldown: undefined, attempts: undefined } }, healing),
      (healing) => fleet({ memory: {} }, healing),
    ],
    [
      'a guardrail of a symptom',
      (healing) => fleet({ memory: { guardrails: { attempts: undefined } }, guardrails: { attempts: 1 } }, healing),
      (healing) => fleet({ memory: {}, guardrails: { attempts: 1 } }, healing),
    ],
    [
      'the largest fleet beside shards',
      (healing) => fleet({ memory: {}, expectedMembers: 1_000, guardrails: { largestFleet: undefined } }, healing),
      (healing) => fleet({ memory: {}, expectedMembers: 1_000 }, healing),
    ],
    [
      'the service of a symptom',
      (healing) => fleet({ service: 'nginx', serviceDown: { service: undefined } }, healing),
      (healing) => fleet({ service: 'nginx', serviceDown: {} }, healing),
    ],
    [
      'the runbook of a symptom',
      (healing) => fleet({ memory: { runbook: undefined }, runbook: 'https://example.com' }, healing),
      (healing) => fleet({ memory: {}, runbook: 'https://example.com' }, healing),
    ],
  ])('%s', (_, undefinedOne, without) => {
    const made = (add: (healing: HealingPipeline) => unknown) => {
      const stack = stackOf();
      add(pipeline({}, stack));
      return Template.fromStack(stack).toJSON();
    };
    expect(made(undefinedOne)).toEqual(made(without));
  });

  it('opens alerts of what calls a person where the stages of a tool are undefined', () => {
    expect(Webhook.pagerDuty('pagerduty', { routingKey: SecretValue.secretsManager('x'), stages: undefined } as never).only.stages).toEqual(
      ['handed-off', 'storm'],
    );
  });
});
