import { Duration, SecretValue, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { readingActions } from '../../lambdas/core/doctor/readings.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingHub } from '../../lib/healing-hub.ts';
import { HealingPipeline, type HealingPipelineProps } from '../../lib/healing-pipeline.ts';
import { Remedy } from '../../lib/remedy.ts';
import { Webhook } from '../../lib/webhook.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { defaultTemplate, inText, onlyResource, policyIn, resources, statementsOf } from '../support/template.ts';

interface Allowed {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

const managed = (name: string, of?: Template) =>
  [...resources('AWS::IAM::ManagedPolicy', of).values()].find(
    ({ Properties: { ManagedPolicyName: given } }) => given !== undefined && inText(given).startsWith(name),
  )?.Properties.PolicyDocument.Statement as readonly Allowed[];
const allowed = managed('healing-operators-');
const actions = allowed.flatMap(({ Action }) => Action);

describe('the policy of the operators', () => {
  it('lets them look, pause, answer and set modes, and act on no target', () => {
    expect(actions.toSorted()).toEqual([
      'dynamodb:DeleteItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'logs:CreateLogStream',
      'logs:FilterLogEvents',
      'logs:PutLogEvents',
      'ssm:DescribeAutomationStepExecutions',
      'ssm:DescribeDocument',
      'ssm:GetAutomationExecution',
      'ssm:GetDocument',
      'ssm:GetParameter',
      'ssm:GetParameterHistory',
      'ssm:PutParameter',
      'ssm:StartAutomationExecution',
      'states:ListExecutions',
      'states:SendTaskSuccess',
    ]);
  });

  it('is for no resource but those of the pipeline', () => {
    expect(allowed.flatMap(({ Resource }) => [Resource].flat().map(inText)).filter((resource) => resource === '*')).toEqual([]);
  });

  it('lets people write answers under their own id alone, and neither incidents nor claims', () => {
    const writing = allowed.filter(({ Action }) => Action.includes('dynamodb:PutItem'));
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of IAM
    const keys = ['approval#*', 'approver#${aws:userid}', 'policy#*'];
    const only = (these: readonly string[]) => ({
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': these },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    });
    expect(writing.map(({ Condition }) => Condition)).toEqual([only(keys)]);
    const deleting = allowed.filter(({ Action }) => Action.includes('dynamodb:DeleteItem'));
    expect(deleting.map(({ Condition }) => Condition)).toEqual([only(['policy#*'])]);
  });
});

describe('the policy of whoever holds drills', () => {
  const drills = managed('healing-drills-');

  it('lets them begin drills, follow them and write down that they did, and nothing else', () => {
    expect(drills.flatMap(({ Action }) => Action).toSorted()).toEqual([
      'events:PutEvents',
      'logs:CreateLogStream',
      'logs:FilterLogEvents',
      'logs:PutLogEvents',
      'ssm:GetParameter',
    ]);
    expect(drills.flatMap(({ Resource }) => [Resource].flat().map(inText)).filter((resource) => resource === '*')).toEqual([]);
  });

  it('bounds what they put on the bus by its source and by its type', () => {
    const [puts] = drills.filter(({ Action }) => Action === 'events:PutEvents');
    expect(puts?.Condition).toEqual({
      'ForAllValues:StringEquals': { 'events:source': 'self-healing-drill.healing', 'events:detail-type': 'Self-Healing Drill' },
      Null: { 'events:source': 'false', 'events:detail-type': 'false' },
    });
  });

  it('is the only one that may put events under the source of drills', () => {
    const documents = [...resources('AWS::IAM::Policy').values(), ...resources('AWS::IAM::ManagedPolicy').values()];
    const may = documents.filter(({ Properties }) => JSON.stringify(Properties.PolicyDocument).includes('self-healing-drill.'));
    expect(may.map(({ Properties }) => inText(Properties.ManagedPolicyName))).toEqual([expect.stringMatching(/^healing-drills-/)]);
  });
});

describe('the policy of the doctor', () => {
  const looks = managed('healing-doctor-');

  it('has every permission that a reading needs, and no other', () => {
    const stack = new Stack(unbundledApp(), 'Posting');
    const webhooks = [Webhook.pagerDuty('oncall', { routingKey: SecretValue.secretsManager('pagerduty') })];
    const posting = new HealingPipeline(stack, 'Healing', {
      notify: { webhooks },
      hub: { busArn: HealingHub.busArn({ account: '444455556666', region: 'eu-west-1' }) },
    });
    posting.protectFleet('Web', { fleet: Fleet.tagged('Role', 'web'), agent: false, memory: {} });
    const ofAddresses = managed('healing-doctor-', Template.fromStack(stack));
    const needed = new Set(Object.values(readingActions).flat());
    const given = new Set([...looks, ...ofAddresses].flatMap(({ Action }) => Action));
    expect([...given].toSorted()).toEqual([...needed].toSorted());
  });

  it('sends nothing but the read-only document, to nothing but the instances that are protected', () => {
    const sends = looks.filter(({ Action }) => Action === 'ssm:SendCommand');
    expect(sends.map(({ Resource, Condition }) => [inText(Resource).split(':').at(-1), Condition])).toEqual([
      ['document/healing-look-at-node', undefined],
      ['instance/*', { StringEquals: { 'ssm:resourceTag/SelfHeal': ['enabled'] } }],
      ['instance/*', { StringEquals: { 'ssm:resourceTag/aws:autoscaling:groupName': ['web'] } }],
    ]);
  });
});

describe('the policy of the doctor of many fleets', () => {
  it('stays within what IAM takes, 6,144 characters, and does without the fleets that have no room', () => {
    const stack = new Stack(unbundledApp(), 'Many', { suppressTemplateIndentation: true });
    const pipeline = new HealingPipeline(stack, 'Healing');
    const id = (number: number) => `i-${number.toString(16).padStart(17, '0')}`;
    for (let fleet = 0; fleet < 8; fleet += 1) {
      const ids = Array.from({ length: 8 }, (_, number) => id(fleet * 8 + number));
      pipeline.protectFleet(`Given${fleet}`, { fleet: Fleet.ofInstances(ids), agent: false, memory: {} });
      pipeline.protectFleet(`Tagged${fleet}`, { fleet: Fleet.tagged(`Role${fleet}`, 'web'), agent: false, memory: {} });
    }
    const document = managed('healing-doctor-', Template.fromStack(stack));
    const longest = JSON.stringify(document, (_, value) => (value?.['Fn::Join'] ? inText(value) : value))
      .replaceAll(
        /\$\{AWS::(\w+)\}/g,
        (_, name) => ({ Partition: 'aws-us-gov', Region: 'ap-southeast-2', AccountId: '111122223333' })[String(name)] ?? name,
      )
      .replaceAll(/\$\{[^}]*\}/g, 'x'.repeat(90));
    expect(longest.length).toBeLessThan(6_000);
    expect(longest).toContain('instance/*');
  });
});

describe('the manifest', () => {
  it('tells the command where the table and the workflow are, and the mode of each policy', () => {
    const stack = new Stack(unbundledApp(), 'Modes');
    const pipeline = new HealingPipeline(stack, 'Healing', { mode: 'shadow' });
    const fleet = Fleet.tagged('SelfHeal', 'enabled');
    pipeline.protectFleet('Web', { fleet, mode: 'approval', memory: {}, disk: { mode: 'automatic' } });
    pipeline.protectFleet('Batch', { fleet: Fleet.tagged('SelfHeal', 'batch'), memory: {} });
    const [manifest] = [...resources('AWS::SSM::Parameter', Template.fromStack(stack)).values()].filter(({ Properties }) =>
      Properties.Name.endsWith('/manifest'),
    );
    expect(inText(manifest?.Properties.Value)).toMatch(
      /^{"table":".+","workflow":".+","policies":{"Web-memory":"approval","Web-disk":"automatic","Batch-memory":"shadow"}}$/,
    );
  });
});

describe('the pause switch', () => {
  it('is no parameter of CloudFormation, whose updates would write its first value anew', () => {
    const names = [...resources('AWS::SSM::Parameter').values()].map(({ Properties }) => Properties.Name);
    expect(names.filter((name) => String(name).endsWith('/pause'))).toEqual([]);
  });

  it('has nothing that an update could carry but its name', () => {
    expect(onlyResource('Custom::PauseSwitch', defaultTemplate()).Properties).toEqual({
      ServiceToken: expect.anything(),
      Parameter: '/self-healing/healing/pause',
    });
  });

  it('is made by a function that may write it where there is none, read what a pipeline said under another name, and nothing else', () => {
    const own = statementsOf('HealingPauseSwitchMaker').filter(({ actions }) => !actions.every((action) => /^(logs|xray):/.test(action)));
    expect(own.map(({ actions }) => actions)).toEqual([['ssm:PutParameter'], ['ssm:GetParameter']]);
    expect(own[0]).toMatchObject({
      resources: [expect.stringMatching(/:parameter\/self-healing\/healing\/pause$/)],
      conditions: { StringNotEquals: { 'ssm:Overwrite': 'true' } },
    });
    expect(own[1]?.resources).toEqual([expect.stringMatching(/:parameter\/self-healing\/\*\/pause$/)]);
  });

  it("is made behind the CDK's own provider framework, which may do nothing but invoke that function", () => {
    const [provider] = [...resources('AWS::Lambda::Function').values()].filter(
      ({ Properties }) => Properties.Handler === 'framework.onEvent',
    );
    const [maker] = [...resources('AWS::Lambda::Function').keys()].filter((id) => id.startsWith('HealingPauseSwitchMaker'));
    expect(inText(provider?.Properties.Environment.Variables.USER_ON_EVENT_FUNCTION_ARN)).toBe(`\${${maker}.Arn}`);
    const own = statementsOf('HealingPauseSwitchProvider').filter(({ actions }) => !actions.every((action) => action.startsWith('logs:')));
    expect(own.flatMap(({ actions, resources: on }) => actions.flatMap((action) => on.map((arn) => `${action} ${arn}`)))).toEqual([
      `lambda:InvokeFunction \${${maker}.Arn}`,
      `lambda:InvokeFunction \${${maker}.Arn}:*`,
      `lambda:GetFunction \${${maker}.Arn}`,
    ]);
  });
});

describe('the watch over a pause', () => {
  const settingsOf = (pause?: HealingPipelineProps['pause']) => {
    const stack = new Stack(unbundledApp(), 'Pause');
    const pipeline = new HealingPipeline(stack, 'Healing', pause ? { pause } : {});
    pipeline.protectFleet('Web', { fleet: Fleet.tagged('SelfHeal', 'enabled'), memory: {} });
    const functions = [...resources('AWS::Lambda::Function', Template.fromStack(stack)).values()];
    const sweep = functions.find(({ Properties }) => Properties.FunctionName === 'healing-sweep');
    return JSON.parse(sweep?.Properties.Environment.Variables.PAUSE_WATCH);
  };

  it('reminds every four hours and raises its alarm after a day, or as is said', () => {
    expect(settingsOf()).toEqual({ alarmAfter: { minutes: 1_440 }, remindEvery: { minutes: 240 } });
    expect(settingsOf({ alarmAfter: Duration.hours(6), remindEvery: Duration.minutes(30) })).toEqual({
      alarmAfter: { minutes: 360 },
      remindEvery: { minutes: 30 },
    });
  });

  it.each([
    [{ alarmAfter: Duration.minutes(59) }, 'alarmAfter: 59 minutes is not allowed: from 1 hour to 7 days'],
    [{ alarmAfter: Duration.days(8) }, 'alarmAfter: 8 days is not allowed'],
    [{ remindEvery: Duration.minutes(14) }, 'remindEvery: 14 minutes is not allowed: from 15 minutes to 1 day'],
    [{ remindEvery: Duration.hours(25) }, 'remindEvery'],
  ])('fails synthesis with %j', (pause, message) => {
    expect(() => settingsOf(pause)).toThrow(message);
  });

  it('sees who set the switch, and may not write it', () => {
    const ofSwitch = statementsOf('HealingSweep').filter(({ resources: on }) => on.some((resource) => resource.endsWith('/pause')));
    expect(ofSwitch.map(({ actions }) => actions)).toEqual([['ssm:GetParameterHistory']]);
  });
});

describe('a mode', () => {
  const policyOf = (props: HealingPipelineProps, symptom: object) => {
    const stack = new Stack(unbundledApp(), 'One');
    new HealingPipeline(stack, 'Healing', props).protectFleet('Web', {
      fleet: Fleet.tagged('SelfHeal', 'enabled'),
      memory: { ladder: [Remedy.clearCaches()], ...symptom },
    });
    return policyIn(Template.fromStack(stack), 'healing.Web-memory');
  };

  it('is automatic by default, asks one person for a quarter of an hour, and falls to approval with an open breaker', () => {
    expect(policyOf({}, {})).toMatchObject({
      mode: 'automatic',
      approval: { within: { minutes: 15 }, approvers: 1 },
      demoteAfter: 'open-breaker',
    });
  });

  it('is taken property by property from the symptom, then from the pipeline', () => {
    expect(
      policyOf({ mode: 'approval', approval: { approvers: 2 }, demoteAfter: 'failed-repair' }, { approval: { approvers: 3 } }),
    ).toMatchObject({ mode: 'approval', approval: { within: { minutes: 15 }, approvers: 3 }, demoteAfter: 'failed-repair' });
  });

  it.each([
    ['mode', { mode: 'auto' }, /policy.mode: "auto" is not allowed/],
    ['approval.approvers', { approval: { approvers: 0 } }, /policy.approval.approvers: 0 is not allowed/],
    ['demoteAfter', { demoteAfter: 'always' }, /policy.demoteAfter: "always" is not allowed/],
  ])('fails synthesis with a wrong %s', (_, symptom, message) => {
    expect(() => policyOf({}, symptom)).toThrow(message);
  });
});
