import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownConnection } from '../../gateway/forward.ts';
import { type LocalAws, startLocalAws } from '../../local-aws.ts';

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws();
});
afterAll(() => aws.stop());

interface TemplateResource {
  readonly Type: string;
  readonly Properties?: object;
  readonly DeletionPolicy?: string;
  readonly DependsOn?: string;
}

type Resources = Readonly<Record<string, TemplateResource>>;

async function cloudFormation(Action: string, parameters: Readonly<Record<string, string>>): Promise<string> {
  const answer = await fetch(aws.endpoint, {
    method: 'POST',
    headers: {
      ...ownConnection,
      'content-type': 'application/x-www-form-urlencoded',
      authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/cloudformation/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: new URLSearchParams({ Action, Version: '2010-05-15', ...parameters }),
  });
  return answer.text();
}

/** The end of what was begun with a stack, and the reasons that its events name. */
async function ended(StackName: string): Promise<{ readonly status: string; readonly events: string }> {
  for (;;) {
    const [, status = 'DELETE_COMPLETE'] = /<StackStatus>(\w+)</.exec(await cloudFormation('DescribeStacks', { StackName })) ?? [];
    if (!status.endsWith('IN_PROGRESS')) return { status, events: await cloudFormation('DescribeStackEvents', { StackName }) };
    await sleep(20);
  }
}

const carriedOut = async (Action: string, StackName: string, resources: Resources) => {
  const TemplateBody = JSON.stringify({ Resources: resources });
  await cloudFormation(Action, { StackName, TemplateBody, 'Capabilities.member.1': 'CAPABILITY_NAMED_IAM' });
  return ended(StackName);
};
const created = (name: string, resources: Resources) => carriedOut('CreateStack', name, resources);
const updated = (name: string, resources: Resources) => carriedOut('UpdateStack', name, resources);
const deleted = async (StackName: string) => {
  await cloudFormation('DeleteStack', { StackName });
  return ended(StackName);
};

const role = {
  AssumeRolePolicyDocument: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
  },
};
const table = {
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  BillingMode: 'PAY_PER_REQUEST',
  Replicas: [{ Region: 'us-east-1' }],
};
const machine = {
  RoleArn: 'arn:aws:iam::000000000000:role/none',
  DefinitionString: '{"StartAt":"End","States":{"End":{"Type":"Succeed"}}}',
};
const code = {
  Runtime: 'nodejs24.x',
  Handler: 'index.handler',
  Role: machine.RoleArn,
  Code: { ZipFile: 'exports.handler = async () => 1' },
};
const document = { PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' }] } };

const named: readonly (readonly [type: string, name: string, properties: object])[] = [
  ['AWS::Logs::LogGroup', 'LogGroupName', {}],
  ['AWS::DynamoDB::GlobalTable', 'TableName', table],
  ['AWS::SSM::Parameter', 'Name', { Type: 'String', Value: 'running' }],
  ['AWS::Lambda::Function', 'FunctionName', code],
  ['AWS::Events::Rule', 'Name', { ScheduleExpression: 'rate(1 day)' }],
  ['AWS::SNS::Topic', 'TopicName', {}],
  ['AWS::SQS::Queue', 'QueueName', {}],
  ['AWS::IAM::Role', 'RoleName', role],
  ['AWS::IAM::ManagedPolicy', 'ManagedPolicyName', document],
  ['AWS::StepFunctions::StateMachine', 'StateMachineName', machine],
];

describe.each(named)('a resource of type %s', (type, property, rest) => {
  const short = type.replaceAll(/AWS|:/g, '').replace(/^SSM/, 'Own');
  const properties = (name: string) => ({ ...rest, [property]: name });
  const one = (name: string): Resources => ({ One: { Type: type, Properties: properties(name) } });

  it('is not made under a name that is taken, in another stack or under another id', async () => {
    expect((await created(`${short}First`, one(`${short}Taken`))).status).toBe('CREATE_COMPLETE');
    const { status, events } = await created(`${short}Second`, one(`${short}Taken`));
    expect(status).toBe('ROLLBACK_COMPLETE');
    expect(events).toMatch(/[Aa]lready ?[Ee]xists/);
    // As when a construct is moved: the new one is made before the old one is deleted.
    const moved = await updated(`${short}First`, { Other: { Type: type, Properties: properties(`${short}Taken`) } });
    expect(moved.status).toBe('UPDATE_ROLLBACK_COMPLETE');
  });

  it('is kept under its name by a deleted stack that says so, and not by a first creation that is rolled back', async () => {
    const failing = { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: `/${short}/there` }, DependsOn: 'One' };
    await created(`${short}There`, { There: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: `/${short}/there` } } });
    const kept = (name: string, DeletionPolicy: string): Resources => ({
      One: { Type: type, Properties: properties(name), DeletionPolicy },
    });
    for (const policy of ['Retain', 'RetainExceptOnCreate'])
      expect((await created(`${short}${policy}`, { ...kept(`${short}${policy}`, policy), Failing: failing })).status).toBe(
        'ROLLBACK_COMPLETE',
      );
    expect((await created(`${short}AfterRetain`, one(`${short}Retain`))).status).toBe('ROLLBACK_COMPLETE');
    const after = await created(`${short}AfterExcept`, one(`${short}RetainExceptOnCreate`));
    expect(after.status).toBe(type === 'AWS::SQS::Queue' ? 'ROLLBACK_COMPLETE' : 'CREATE_COMPLETE');

    await created(`${short}Deleted`, kept(`${short}Outlives`, 'RetainExceptOnCreate'));
    expect((await deleted(`${short}Deleted`)).status).toBe('DELETE_COMPLETE');
    expect((await created(`${short}Anew`, one(`${short}Outlives`))).status).toBe('ROLLBACK_COMPLETE');
  });

  it('does not get by an update a name that is taken', async () => {
    await created(`${short}Holder`, one(`${short}Held`));
    await created(`${short}Renamed`, one(`${short}Own`));
    expect((await updated(`${short}Renamed`, one(`${short}Held`))).status).toBe('UPDATE_ROLLBACK_COMPLETE');
  });
});

describe('CloudFormation', () => {
  it('does not give the name of a queue again within a minute', async () => {
    const queue: Resources = { Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'just-deleted' } } };
    await created('QueueOnce', queue);
    await deleted('QueueOnce');
    expect(await created('QueueAgain', queue)).toMatchObject({
      status: 'ROLLBACK_COMPLETE',
      events: expect.stringContaining('wait 60 seconds'),
    });
  });

  it('refuses another description of a policy that has a name', async () => {
    const policy = (Description: string): Resources => ({
      Policy: { Type: 'AWS::IAM::ManagedPolicy', Properties: { ...document, ManagedPolicyName: 'described', Description } },
    });
    await created('Described', policy('first'));
    expect((await updated('Described', policy('second'))).status).toBe('UPDATE_ROLLBACK_COMPLETE');
  });

  it('deletes no table under deletion protection, so that its first creation cannot be rolled back', async () => {
    const guarded = { ...table, TableName: 'guarded', Replicas: [{ Region: 'us-east-1', DeletionProtectionEnabled: true }] };
    const group = (DependsOn: string): TemplateResource => ({
      Type: 'AWS::Logs::LogGroup',
      Properties: { LogGroupName: '/guarded' },
      DependsOn,
    });
    await created('GuardedThere', { There: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/guarded' } } });
    const { status } = await created('Guarded', {
      Table: { Type: 'AWS::DynamoDB::GlobalTable', Properties: guarded },
      Group: group('Table'),
    });
    expect(status).toBe('ROLLBACK_FAILED');
  });
});
