import { Duration, Fn, Lazy, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { describe, expect, it } from 'vitest';
import { readAppContext } from '../../lib/app-context.ts';
import { HttpProbe } from '../../lib/constructs/http-probe.ts';
import { Database } from '../../lib/database.ts';
import type { DatabaseAccess } from '../../lib/database-access.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import type { NotificationsProps } from '../../lib/notifications-props.ts';
import type { FleetProtection } from '../../lib/protection.ts';
import { unbundledApp } from '../support/default-stack.ts';

const stackOf = () => new Stack(unbundledApp(), 'Stack');
const vpcOf = (stack: Stack) =>
  Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0123456789abcdef0',
    availabilityZones: ['a'],
    privateSubnetIds: ['subnet-0123456789abcdef0'],
  });
const access = (more: Partial<DatabaseAccess>): DatabaseAccess => ({
  engine: 'postgresql',
  host: 'orders.c0123456789a.eu-west-1.rds.amazonaws.com',
  login: { iamUser: 'healing', resourceId: 'cluster-ABCDEFGHIJKL01234' },
  vpc: vpcOf(stackOf()),
  ...more,
});
const instance = (more: Partial<DatabaseAccess>) => () => Database.instance('orders', access(more));
const cluster = (more: Partial<DatabaseAccess>) => () => Database.cluster('orders', 'aurora', access(more));
const login = (iamUser: string, resourceId = 'db-ABCDEFGHIJKL01234') => ({ login: { iamUser, resourceId } });
const notify = (props: NotificationsProps) => () => new HealingPipeline(stackOf(), 'Healing', { notify: props });
const memory =
  (props: FleetProtection['memory'], guardrails: FleetProtection['guardrails'] = {}) =>
  () =>
    new HealingPipeline(stackOf(), 'Healing').protectFleet('Web', {
      fleet: Fleet.tagged('SelfHeal', 'enabled'),
      memory: props,
      guardrails,
    });
const cooldown = (lasting: Duration) => memory({}, { cooldown: lasting });
const context = (given: Readonly<Record<string, unknown>>) => () => readAppContext(given);
const database = (given: Readonly<Record<string, unknown>>) =>
  context({ database: 'orders', databaseHost: 'orders.example.com', ...given });

describe('is refused with path, value and what is allowed', () => {
  it.each<[string, () => unknown, string]>([
    [
      'every user of a database',
      instance(login('*')),
      'access.login.iamUser: "*" is not allowed: must be 1 to 63 characters without * and ?',
    ],
    ['a user that is none', instance(login('')), 'access.login.iamUser: "" is not allowed'],
    ['a user that is a variable of IAM', instance(login('$'.concat('{aws:username}'))), 'must have no ${ in it'],
    [
      'every database',
      instance(login('healing', '*')),
      'access.login.resourceId: "*" is not allowed: must be the resource id of the instance',
    ],
    [
      'the identifier in place of the resource id',
      instance(login('healing', 'orders')),
      'access.login.resourceId: "orders" is not allowed',
    ],
    [
      'an instance in place of the cluster',
      cluster(login('healing')),
      'access.login.resourceId: "db-ABCDEFGHIJKL01234" is not allowed: must be the resource id of the cluster',
    ],
    [
      'a reader endpoint',
      cluster({ host: 'orders.cluster-ro-c0123456789a.eu-west-1.rds.amazonaws.com' }),
      'must be the endpoint of the writer',
    ],
    [
      'no security group at all',
      instance({ functionSecurityGroups: [] }),
      'access.functionSecurityGroups: [] is not allowed: must name at least one',
    ],
    [
      'no security group of a probe',
      () => {
        const stack = stackOf();
        new HttpProbe(stack, 'Probe', { url: 'https://shop.example.com', vpc: vpcOf(stack), securityGroups: [] });
      },
      'probe.securityGroups: [] is not allowed: must name at least one',
    ],
    [
      'an address that is none',
      notify({ emails: ['oncall@example.com', 'notanemail'] }),
      'notify.emails.1: "notanemail" is not allowed: must be an address',
    ],
    [
      'an address that stands there twice',
      notify({ emails: ['oncall@example.com', 'oncall@example.com'] }),
      'notify.emails: ["oncall@example.com","oncall@example.com"] is not allowed: must name each address once',
    ],
    [
      'an address of a list in one text',
      context({ emails: 'oncall@example.com,notanemail' }),
      'context.emails.1: "notanemail" is not allowed: must be an address',
    ],
    [
      'a second until people are told',
      notify({ stillAfter: Duration.seconds(1) }),
      'notify.stillAfter: 1 second is not allowed: must be from 1 minute to 1 day',
    ],
    [
      'a part of a second',
      cooldown(Duration.millis(500)),
      'guardrails.cooldown: 500 millis is not allowed: must be a Duration of whole seconds',
    ],
    ['a part of a second in a minute', notify({ stillAfter: Duration.millis(60_500) }), 'must be a Duration of whole seconds'],
    ['no number', memory({ above: Number.NaN }), 'memory.above: NaN is not allowed'],
    ['a number without an end', memory({ above: Number.POSITIVE_INFINITY }), 'memory.above: Infinity is not allowed'],
    ['400 days until people are told', notify({ stillAfter: Duration.days(400) }), 'must be from 1 minute to 1 day'],
    [
      'a workspace that is none',
      notify({ chat: { slack: { workspaceId: 'x', channelId: 'C0123456789' } } }),
      'notify.chat.slack.workspaceId: "x" is not allowed',
    ],
    [
      'a bus by ARN',
      context({ bus: 'arn:aws:events:us-east-1:111122223333:event-bus/x' }),
      'must be the name of an event bus, not its ARN',
    ],
    [
      'a secret with a space',
      context({ pagerDutySecret: 'a b*' }),
      'context.pagerDutySecret: "a b*" is not allowed: must be the name of a secret',
    ],
    ['the ARN of a login', database({ databaseSecret: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:x-AbCdEf' }), 'not its ARN'],
    [
      'a network that is none',
      database({ databaseVpc: 'nonsense' }),
      'context.databaseVpc: "nonsense" is not allowed: must be an id such as vpc-',
    ],
    [
      'subnets that are none',
      database({ databaseSubnets: ['subnet-1', 'nonsense'] }),
      'context.databaseSubnets.1: "nonsense" is not allowed',
    ],
    [
      'groups that are none',
      database({ databaseFunctionSecurityGroups: ['vpc-1'] }),
      'context.databaseFunctionSecurityGroups.0: "vpc-1" is not allowed',
    ],
    [
      'a device that is none',
      context({ volumeCeilingGibibytes: 100, volumeDevice: 'nonsense' }),
      'context.volumeDevice: "nonsense" is not allowed',
    ],
  ])('%s', (_, make, words) => {
    expect(make).toThrow(words);
  });
});

describe('is taken', () => {
  const late = Fn.importValue('Late');

  it.each<[string, () => unknown]>([
    ['a user and a resource id that are known at deployment', instance(login(late, late))],
    ['a resource id that is known at deployment in part', cluster(login('healing', `cluster-${late}`))],
    ['the id of a cluster, to which an instance may belong', instance({})],
    ['the id of a proxy', cluster(login('healing', 'prx-ABCDEFGHIJKL01234'))],
    ['a writer endpoint', cluster({ host: 'orders.cluster-c0123456789a.eu-west-1.rds.amazonaws.com' })],
    ['a host that is known at deployment', cluster({ host: late })],
    [
      'a channel that is known at deployment',
      notify({ chat: { slack: { workspaceId: late, channelId: Lazy.string({ produce: () => 'C0' }) } } }),
    ],
    ['a minute, and a day', notify({ stillAfter: Duration.days(1) })],
    ['the root device by another name', context({ volumeCeilingGibibytes: 100, volumeDevice: 'xvda' })],
    ['the default bus', context({ bus: 'default' })],
  ])('%s', (_, make) => {
    expect(make).not.toThrow();
  });
});
