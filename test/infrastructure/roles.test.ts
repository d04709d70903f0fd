import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { registry } from '../../lambdas/remediators/registry.ts';
import type { Remediator } from '../../lambdas/remediators/remediator.ts';
import { unscopedActions } from '../../lib/constructs/security-acknowledgements.ts';
import { Database } from '../../lib/database.ts';
import { Fleet } from '../../lib/fleet.ts';
import type { GuardrailProps } from '../../lib/guardrails.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { Remedy, type RemedyRung } from '../../lib/remedy.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { completeTemplate, resources, type Statement, statementsOf, statementsOfPeople } from '../support/template.ts';

const used: readonly Remediator[] = Object.values(registry);

/** The role of a remedy's function, without what every function has: its logs, traces, network interfaces, the table and the pause switch. */
function ownStatements(remedy: string, step = 'Remedy'): readonly Statement[] {
  const shared = /^(logs|xray|dynamodb):|^ssm:(DescribeParameters|GetParameter)|^ec2:(DescribeSubnets|.*(NetworkInterface|PrivateIp))/;
  return statementsOf(`Healing${step}${remedy.replaceAll('-', '')}Function`, completeTemplate()).filter(
    ({ actions }) => !actions.every((action) => shared.test(action)),
  );
}

const actionsOf = (statements: readonly Statement[]) => [...new Set(statements.flatMap(({ actions }) => actions))].toSorted();
const actionsOn = (remediator: Remediator, on: string) => [
  ...new Set(
    [...remediator.permissions.observe, ...remediator.permissions.execute]
      .filter((permission) => permission.on === on)
      .flatMap(({ actions }) => actions),
  ),
];

describe.each(used.map((remediator) => [remediator.name, remediator] as const))('the role of %s', (name, remediator) => {
  it('may do what the remedy declares, and nothing else', () => {
    const declared = [...remediator.permissions.observe, ...remediator.permissions.execute].flatMap(({ actions }) => actions);
    expect(actionsOf(ownStatements(name))).toEqual([...new Set(declared)].toSorted());
  });

  it('may use on everything only what the remedy declares for any', () => {
    const onEverything = ownStatements(name).filter((statement) => statement.resources.includes('*'));
    expect(actionsOf(onEverything)).toEqual(actionsOn(remediator, 'any').toSorted());
  });

  it('may act only on the targets of its policies, by name or by tag', () => {
    const acting = ownStatements(name).filter(({ actions }) => actions.some((action) => actionsOn(remediator, 'targets').includes(action)));
    for (const {
      resources: [resource = ''],
      conditions,
    } of acting.filter((statement) => !statement.resources[0]?.includes(':document/'))) {
      if (resource.endsWith(':instance/*'))
        expect(JSON.stringify(conditions)).toMatch(/(ssm:r|ec2:R)esourceTag\/(SelfHeal|aws:autoscaling:groupName)/);
      else if (resource.endsWith(':autoScalingGroup:*:autoScalingGroupName/*'))
        expect(conditions).toEqual({ StringEquals: { 'autoscaling:ResourceTag/SelfHeal': 'enabled' } });
      else expect(resource).toMatch(/:(db:orders|cluster:stock|autoScalingGroup:\*:autoScalingGroupName\/web)$/);
    }
  });

  it('may send only its own document', () => {
    const documents = ownStatements(name)
      .filter(({ actions }) => actions.includes('ssm:SendCommand'))
      .flatMap((statement) => statement.resources.filter((resource) => resource.includes(':document/')));
    expect(documents.map((arn) => arn.split('/').at(-1))).toEqual(remediator.document ? [`healing-${name}`] : []);
  });
});

const returning = used.flatMap(({ name, giveBack, permissions: { observe } }) =>
  giveBack ? [[name, [...observe, ...giveBack.permissions]] as const] : [],
);

describe.each(returning)('the role that gives back what %s added', (name, permissions) => {
  const own = ownStatements(name, 'GiveBack');

  it('may do what the remedy declares for it, and nothing else', () => {
    expect(actionsOf(own)).toEqual([...new Set(permissions.flatMap(({ actions }) => actions))].toSorted());
  });

  it('may act only on the targets of the policies that use the remedy', () => {
    const acting = own.filter(({ resources: [on] }) => on !== '*');
    expect(acting.flatMap((statement) => statement.resources.map((arn) => arn.split(':').at(-1)))).toEqual(
      acting.map(() => 'autoScalingGroupName/web'),
    );
    expect(actionsOf(acting)).toEqual(['autoscaling:SetDesiredCapacity', 'autoscaling:UpdateAutoScalingGroup']);
  });
});

describe('the roles', () => {
  it('of functions, workflow and State Manager are each one of their own', () => {
    expect(resources('AWS::IAM::Role').size).toBe(resources('AWS::Lambda::Function').size + 2);
  });

  it('use on every resource only the actions of the short list, each of which has its reason', () => {
    const everywhere = [...statementsOf(''), ...statementsOf('', completeTemplate()), ...statementsOfPeople(completeTemplate())];
    const onEverything = everywhere.filter((statement) => statement.resources.includes('*'));
    expect(actionsOf(onEverything).filter((action) => !(action in unscopedActions))).toEqual([]);
    expect(Object.keys(unscopedActions).toSorted()).toEqual(actionsOf(onEverything));
    for (const reason of Object.values(unscopedActions)) expect(reason).toMatch(/^[A-Z].*\.$/);
  });

  it('allow no action by a wildcard', () => {
    expect(actionsOf(statementsOf('')).filter((action) => action.includes('*'))).toEqual([]);
  });

  it.each([
    'Healingtriage',
    'Healingverify',
    'Healingconclude',
    'Healingconsidergiveback',
    'Healingreportgiveback',
    'HealingIntake',
    'HealingSweep',
  ])('of %s may act on nothing that is protected', (role) => {
    expect(actionsOf(statementsOf(role)).filter((action) => /^(ssm:Send|ec2:[^D]|rds:[^D]|autoscaling:[^D])/.test(action))).toEqual([]);
  });
});

describe('the role of triage', () => {
  const reading = (actions: readonly string[], guardrails: GuardrailProps) => {
    const stack = new Stack(unbundledApp(), 'ChangeConditions');
    new HealingPipeline(stack, 'Healing').protectFleet('Web', { fleet: Fleet.tagged('SelfHeal', 'enabled'), disk: {}, guardrails });
    return statementsOf('Healingtriage', Template.fromStack(stack))
      .filter((statement) => statement.actions.some((action) => actions.includes(action)))
      .flatMap((statement) => statement.resources);
  };

  it('may read the change calendars that policies name, and no others', () => {
    const shared = 'arn:aws:ssm:eu-west-1:111122223333:document/Shared';
    expect(reading(['ssm:GetCalendarState'], { calendars: ['Freeze', shared] })).toEqual([
      expect.stringMatching(/:document\/Freeze$/),
      shared,
    ]);
    expect(reading(['ssm:GetCalendarState'], {})).toEqual([]);
  });

  it('may list the deployments of the groups that policies name, and no others', () => {
    expect(reading(['codedeploy:ListDeployments'], { deployments: [{ application: 'shop', group: 'web' }] })).toEqual([
      expect.stringMatching(/:deploymentgroup:shop\/web$/),
    ]);
    expect(reading(['codedeploy:ListDeployments'], {})).toEqual([]);
  });
});

describe('the functions of giving back', () => {
  const templateOf = (ladder: readonly [RemedyRung, ...RemedyRung[]]) => {
    const stack = new Stack(unbundledApp(), 'GivingBack');
    const fleet = Fleet.ofAutoScalingGroup('web');
    const healing = new HealingPipeline(stack, 'Healing');
    healing.protectFleet('Web', { fleet, groupCpu: { ladder }, guardrails: { calendars: ['Freeze'] } });
    healing.protectFleet('Other', { fleet, memory: { ladder: [Remedy.clearCaches()] }, guardrails: { calendars: ['Holidays'] } });
    return Template.fromStack(stack);
  };
  const functionsOf = (template: Template) =>
    [...resources('AWS::Lambda::Function', template).values()].flatMap(({ Properties }) => Properties.FunctionName ?? []);

  it('are there only where a remedy gives something back, but for the one that reports', () => {
    const without = functionsOf(templateOf([Remedy.waitAndSee()])).filter((name) => name.includes('give-back'));
    const [considering, acting, reporting] = ['healing-consider-give-back', 'healing-give-back-add-capacity', 'healing-report-give-back'];
    expect(without).toEqual([reporting]);
    expect(
      functionsOf(templateOf([Remedy.addCapacity()]))
        .filter((name) => name.includes('give-back'))
        .toSorted(),
    ).toEqual([considering, acting, reporting]);
  });

  it('may read the change calendars of the policies that give something back, and of no others', () => {
    const reading = statementsOf('Healingconsidergiveback', templateOf([Remedy.addCapacity()])).filter(({ actions }) =>
      actions.includes('ssm:GetCalendarState'),
    );
    expect(reading.flatMap((statement) => statement.resources.map((arn) => arn.split(':').at(-1)))).toEqual(['document/Freeze']);
  });

  it('can be called by an execution that began while there was something to give back', () => {
    const calling = (ladder: readonly [RemedyRung, ...RemedyRung[]]) =>
      statementsOf('HealingWorkflow', templateOf(ladder))
        .filter(({ actions }) => actions.includes('lambda:InvokeFunction'))
        .flatMap((statement) => statement.resources);
    expect(calling([Remedy.waitAndSee()]).filter((on) => /giveback/i.test(on))).toEqual([expect.stringMatching(/reportgiveback/i)]);
    expect(calling([Remedy.addCapacity()]).filter((on) => /giveback/i.test(on))).toHaveLength(3);
  });
});

describe('the role that reads what a hand-off tells', () => {
  const shared = /^(logs|xray):|^ssm:(DescribeParameters|GetParameter)|^dynamodb:GetItem$/;
  const rolesFor = (protect: (healing: HealingPipeline) => void) => {
    const stack = new Stack(unbundledApp(), 'Looked');
    protect(new HealingPipeline(stack, 'Healing'));
    const template = Template.fromStack(stack);
    const own = statementsOf('Healingdiagnose', template).filter(({ actions }) => !actions.every((action) => shared.test(action)));
    return { own, actions: actionsOf(own), documents: resources('AWS::SSM::Document', template) };
  };
  const database = (healing: HealingPipeline) => healing.protectDatabase('Orders', { database: Database.instance('orders'), cpu: {} });

  it('may only read, and run its own document', () => {
    const acting = statementsOf('Healingdiagnose', completeTemplate()).filter(({ actions }) =>
      actions.some((action) => !/:(Describe|Get|List|Put)/.test(action)),
    );
    const beyond = actionsOf(acting).filter((action) => !/^(logs|xray|ec2):|:(Describe|Get|List)/.test(action));
    expect(beyond).toEqual(['ssm:SendCommand']);
    const sent = acting.filter(({ actions }) => actions.includes('ssm:SendCommand')).flatMap((statement) => statement.resources);
    expect(sent.filter((resource) => resource.includes(':document/')).map((resource) => resource.split('/').at(-1))).toEqual([
      'healing-diagnose',
    ]);
  });

  it('runs a document on the instances of the policies, and on no others', () => {
    const { own, documents } = rolesFor((healing) => healing.protectFleet('Web', { fleet: Fleet.tagged('SelfHeal', 'enabled'), disk: {} }));
    const on = own.filter(({ actions, conditions }) => actions.includes('ssm:SendCommand') && conditions !== undefined);
    expect(on.map(({ conditions }) => conditions)).toEqual([{ StringEquals: { 'ssm:resourceTag/SelfHeal': 'enabled' } }]);
    expect([...documents.values()].map(({ Properties }) => Properties.Name)).toContain('healing-diagnose');
  });

  it('may do for a database only what its diagnostics need, and goes onto no machine', () => {
    const { actions, documents } = rolesFor(database);
    expect(actions).toEqual(['rds:DescribeDBClusters', 'rds:DescribeDBInstances', 'rds:DescribeEvents']);
    expect([...documents.values()].map(({ Properties }) => Properties.Name)).not.toContain('healing-diagnose');
  });

  it('may read the deployments of the groups that policies name, and no others', () => {
    const deployments = [{ application: 'shop', group: 'web' }];
    const { own } = rolesFor((healing) =>
      healing.protectFleet('Web', { fleet: Fleet.tagged('SelfHeal', 'enabled'), disk: {}, guardrails: { deployments } }),
    );
    const on = own.filter(({ actions }) => actions.includes('codedeploy:BatchGetDeployments')).flatMap((statement) => statement.resources);
    expect(on).toEqual([expect.stringMatching(/:deploymentgroup:shop\/web$/)]);
  });
});

describe('the role of the sweep', () => {
  const statements = statementsOf('HealingSweep');
  const of = (service: string) => statements.filter(({ actions }) => actions.some((action) => action.startsWith(`${service}:`)));

  it('may tell the rules of alarms, under its own source only', () => {
    const [telling] = of('events').filter(({ actions }) => actions.includes('events:PutEvents'));
    expect(telling?.actions).toEqual(['events:PutEvents']);
    expect(telling?.resources.map((resource) => resource.split(':').at(-1))).toEqual(['event-bus/default']);
    expect(telling?.conditions).toEqual({
      'ForAllValues:StringEquals': { 'events:source': 'self-healing.healing' },
      Null: { 'events:source': 'false' },
    });
  });

  it('may read executions of the workflow, and start or stop none', () => {
    expect(actionsOf(of('states'))).toEqual(['states:DescribeExecution', 'states:GetExecutionHistory', 'states:ListExecutions']);
    for (const { resources: on } of of('states')) expect(on.join()).toMatch(/:execution:healing-workflow:\*$|StateMachine/);
  });
});

it('intake reads of incidents what the sweep brings up again, and writes only what it rejected and which drills it lets in', () => {
  const own = statementsOf('HealingIntake').filter(({ actions }) => actions.some((action) => action.startsWith('dynamodb:')));
  const writing = own.filter(({ actions }) => actions.includes('dynamodb:UpdateItem'));
  expect(own.length - writing.length).toBe(1);
  expect(writing.map(({ conditions }) => conditions)).toEqual([
    { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['rejected#*', 'drill#policy#*'] }, Null: { 'dynamodb:LeadingKeys': 'false' } },
    { 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': ['approval#*', 'approver#*'] } },
  ]);
});

describe('remedies', () => {
  it('are deployed only if a ladder uses them', () => {
    const stack = new Stack(unbundledApp(), 'One');
    new HealingPipeline(stack, 'Healing').protectFleet('Web', {
      fleet: Fleet.tagged('SelfHeal', 'enabled'),
      memory: { ladder: [Remedy.clearCaches()] },
    });
    const functions = [...resources('AWS::Lambda::Function', Template.fromStack(stack)).values()].flatMap(
      ({ Properties }) => Properties.FunctionName ?? [],
    );

    expect(functions.toSorted()).toEqual([
      'healing-ask',
      'healing-conclude',
      'healing-diagnose',
      'healing-intake',
      'healing-provider-events',
      'healing-remediate-clear-caches',
      'healing-report-give-back',
      'healing-sweep',
      'healing-triage',
      'healing-verify',
      'healing-watch-agents',
    ]);
  });

  it("may act on tagged instances by the condition that each action's own service knows", () => {
    const statements = statementsOf('HealingRemedyrestartinstance').filter(({ conditions }) => conditions !== undefined);
    const keys = (action: string) =>
      statements
        .filter(({ actions }) => actions.includes(action))
        .flatMap(({ conditions }) => Object.keys((conditions as { StringEquals: object }).StringEquals));

    expect(keys('ssm:SendCommand')).toEqual(['ssm:resourceTag/SelfHeal']);
    expect(keys('ec2:RebootInstances')).toEqual(['ec2:ResourceTag/SelfHeal']);
  });

  it.each([
    ['the tag that is said when nothing is', {}, 'ec2:ResourceTag/SelfHeal', 'enabled'],
    ['a tag of its own', { volumeTag: { key: 'Growable', value: 'yes' } }, 'ec2:ResourceTag/Growable', 'yes'],
  ])('may modify only volumes with %s', (_, given, key, value) => {
    const stack = new Stack(unbundledApp(), 'Volumes');
    const fleet = Fleet.ofInstances(['i-0aaaabbbbccccdddd']);
    const ladder = [Remedy.growVolume({ ceilingGibibytes: 200, ...given })];
    new HealingPipeline(stack, 'Healing').protectFleet('Disks', { fleet, disk: { ladder } });
    const modifying = statementsOf('HealingRemedygrowvolume', Template.fromStack(stack)).filter(({ actions }) =>
      actions.includes('ec2:ModifyVolume'),
    );

    expect(modifying.map(({ actions }) => actions)).toEqual([['ec2:ModifyVolume']]);
    expect(modifying[0]?.resources.map((resource) => resource.split(':').at(-1))).toEqual(['volume/*']);
    expect(modifying[0]?.conditions).toEqual({ StringEquals: { [key]: value } });
  });

  it.each([
    ['not at all when nothing is said', [{}], []],
    ['when a ladder raises it', [{ raiseMinimum: true }], ['autoScalingGroupName/web']],
    ['when only the second policy of the group raises it', [{}, { raiseMinimum: true }], ['autoScalingGroupName/web']],
  ])('may change the minimum of a group %s', (_, given, resources) => {
    const stack = new Stack(unbundledApp(), 'Growing');
    const healing = new HealingPipeline(stack, 'Healing');
    const fleet = Fleet.ofAutoScalingGroup('web');
    for (const [index, params] of given.entries())
      healing.protectFleet(`Web${index}`, { fleet, groupCpu: { ladder: [Remedy.addCapacity(params)] } });
    const statements = statementsOf('HealingRemedyaddcapacity', Template.fromStack(stack));
    const on = (action: string) => statements.filter(({ actions }) => actions.includes(action)).flatMap((statement) => statement.resources);

    expect(on('autoscaling:UpdateAutoScalingGroup').map((arn) => arn.split(':').at(-1))).toEqual(resources);
    expect([...new Set(on('autoscaling:SetDesiredCapacity').map((arn) => arn.split(':').at(-1)))]).toEqual(['autoScalingGroupName/web']);
  });

  it.each([
    ['none where none is named', [], []],
    [
      'those that are named, for what EC2 does with them',
      ['arn:aws:kms:eu-west-1:111122223333:key/0f0f0f0f'],
      [[['arn:aws:kms:eu-west-1:111122223333:key/0f0f0f0f'], { Bool: { 'kms:GrantIsForAWSResource': 'true' } }]],
    ],
  ])('may move instances on volumes with keys: %s', (_, keys, grants) => {
    const stack = new Stack(unbundledApp(), 'Keys');
    const fleet = Fleet.ofInstances(['i-0aaaabbbbccccdddd']);
    new HealingPipeline(stack, 'Healing').protectFleet('Hosts', { fleet, systemStatus: { ladder: [Remedy.moveInstance({ keys })] } });
    const own = statementsOf('HealingRemedymoveinstance', Template.fromStack(stack));
    const of = (action: string) => own.filter(({ actions }) => actions.includes(action));

    expect(of('kms:CreateGrant').map(({ resources, conditions }) => [resources, conditions])).toEqual(grants);
    expect(of('ec2:StopInstances').flatMap(({ resources }) => resources.map((arn) => arn.split(':').at(-1)))).toEqual([
      'instance/i-0aaaabbbbccccdddd',
    ]);
    expect(
      of('ssm:StartAutomationExecution').flatMap(({ resources }) => resources.map((arn) => arn.split(/:(?=document|automation)/).at(-1))),
    ).toEqual(['document/AWS-RestartEC2Instance', 'automation-definition/AWS-RestartEC2Instance:*', 'automation-execution/*']);
    expect(of('iam:PassRole')).toEqual([]);
  });

  describe('that act on the group of an instance', () => {
    const withFleet = (fleet: Fleet) => {
      const stack = new Stack(unbundledApp(), 'Grouped');
      new HealingPipeline(stack, 'Healing').protectFleet('Web', { fleet, memory: { ladder: [Remedy.replaceInstance()] } });
      return statementsOf('HealingRemedyreplaceinstance', Template.fromStack(stack)).filter(({ actions }) =>
        actions.includes('autoscaling:SetInstanceHealth'),
      );
    };

    it('may act on that one group', () => {
      expect(
        withFleet(Fleet.ofAutoScalingGroup('web')).map(({ resources: [on], conditions }) => [on?.split(':').at(-1), conditions]),
      ).toEqual([['autoScalingGroupName/web', undefined]]);
    });

    it('may act on groups that carry the tag of the fleet', () => {
      const [statement, ...more] = withFleet(Fleet.tagged('SelfHeal', 'enabled'));
      expect(statement?.resources.map((on) => on.split(':').at(-1))).toEqual(['autoScalingGroupName/*']);
      expect(statement?.conditions).toEqual({ StringEquals: { 'autoscaling:ResourceTag/SelfHeal': 'enabled' } });
      expect(more).toEqual([]);
    });

    it('are refused at synthesis for instances by id, whose groups nobody knows', () => {
      expect(() => withFleet(Fleet.ofInstances(['i-0aaaabbbbccccdddd']))).toThrow(
        'replace-instance needs a fleet by tag or an Auto Scaling group',
      );
    });
  });

  it('may act on instances that are given by id, and on no others', () => {
    const stack = new Stack(unbundledApp(), 'Pair');
    const fleet = Fleet.ofInstances(['i-0aaaabbbbccccdddd', 'i-0eeeeffff00001111']);
    new HealingPipeline(stack, 'Healing').protectFleet('Pair', { fleet, memory: { ladder: [Remedy.clearCaches()] } });
    const sending = statementsOf('HealingRemedyclearcaches', Template.fromStack(stack)).filter(({ actions }) =>
      actions.includes('ssm:SendCommand'),
    );

    expect(sending.flatMap((statement) => statement.resources.map((resource) => resource.split(':').at(-1))).toSorted()).toEqual([
      'document/healing-clear-caches',
      'instance/i-0aaaabbbbccccdddd',
      'instance/i-0eeeeffff00001111',
    ]);
  });
});
