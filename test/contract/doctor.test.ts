import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { DisableRuleCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { DetachRolePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateDBInstanceCommand, DeleteDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';
import { ListSubscriptionsByTopicCommand, SNSClient, SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import { ListQueuesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { adaptAssembly } from '@self-healing/local-aws/deployment/assembly.ts';
import { bootstrap } from '@self-healing/local-aws/deployment/bootstrap.ts';
import { deploy } from '@self-healing/local-aws/deployment/deploy.ts';
import type { Disturb } from '@self-healing/local-aws/gateway/disturbance.ts';
import { AwsError } from '@self-healing/local-aws/gateway/service.ts';
import { type LocalAws, startLocalAws } from '@self-healing/local-aws/local-aws.ts';
import type { ManagedNode } from '@self-healing/local-aws/nodes/managed-node.ts';
import { SUCCEEDED, simulatedNode } from '@self-healing/local-aws/nodes/simulated-node.ts';
import { createCloudWatch } from '@self-healing/local-aws/services/cloudwatch.ts';
import { createEc2 } from '@self-healing/local-aws/services/ec2.ts';
import { createRunCommand } from '@self-healing/local-aws/services/run-command.ts';
import { createServiceQuotas } from '@self-healing/local-aws/services/service-quotas.ts';
import { createSns } from '@self-healing/local-aws/services/sns.ts';
import { App, Stack } from 'aws-cdk-lib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Examined } from '../../bin/heal/doctor.ts';
import { deployedRules } from '../../lambdas/adapters/deployed-rules.ts';
import { Database } from '../../lib/database.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { Remedy } from '../../lib/remedy.ts';

const INSTANCES = ['i-0aaaaaaaaaaaaaaa1', 'i-0aaaaaaaaaaaaaaa2'] as const;
const [FIRST, SECOND] = INSTANCES;
const LONG_AGO = new Date(Date.now() - 86_400_000);

let aws: LocalAws;
let folder: string;
let disturb: Disturb = () => 'pass';
let profile: string | undefined;
let services = 'service web active';
const nodes = new Map<string, ManagedNode>(
  INSTANCES.map((id) => [
    id,
    simulatedNode(id, {
      run: async () => ({ ...SUCCEEDED, stdout: `clock ${Math.round(Date.now() / 1_000)}\n${services}\n` }),
    }),
  ]),
);
const machines = {
  instances: () =>
    INSTANCES.map((id) => ({
      ...({ id, state: 'running', tags: { SelfHeal: 'enabled' }, launchedAt: LONG_AGO } as const),
      ...(profile !== undefined && { profile }),
    })),
  reboot: async () => {},
};
const clients = () => ({
  cloudwatch: new CloudWatchClient(aws.client),
  events: new EventBridgeClient(aws.client),
  iam: new IAMClient(aws.client),
  rds: new RDSClient(aws.client),
  sns: new SNSClient(aws.client),
  sqs: new SQSClient(aws.client),
  ssm: new SSMClient(aws.client),
});

/** Runs the command as a person does, with the credentials of the shell. */
function heal(...words: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly errors: string }> {
  const env = {
    PATH: process.env.PATH,
    ...{ AWS_ENDPOINT_URL: aws.endpoint, AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
  };
  return new Promise((resolve) => {
    execFile(process.execPath, ['bin/heal.ts', ...words], { cwd: `${import.meta.dirname}/../..`, env }, (error, out, errors) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, errors }),
    );
  });
}

async function examine(...words: readonly string[]) {
  await letAMinutePass();
  const { code, out, errors } = await heal('doctor', '--json', ...words);
  if (out === '') throw new Error(errors);
  const found = (JSON.parse(out) as readonly Examined[]).flatMap(({ check, findings }) => findings.map((each) => ({ check, ...each })));
  return { code, bad: found.filter(({ state }) => state !== 'ok') };
}

/** What the agents send every minute, and the sweep every five. */
async function letAMinutePass(): Promise<void> {
  const { cloudwatch } = clients();
  const [watched] = await deployedRules(clients().events).watchedAgents(
    'arn:aws:lambda:us-east-1:000000000000:function:healing-watch-agents',
  );
  if (!watched) throw new Error('nobody watches the agents');
  const now = new Date();
  const series = INSTANCES.flatMap((id) =>
    watched.series.map(({ metric, names, fixed }) => ({
      MetricName: metric,
      Value: 10,
      Timestamp: now,
      Dimensions: names.map((Name) => ({
        Name,
        Value: fixed[Name] ?? (Name === watched.own.name ? watched.own.values[0] : Name === 'InstanceId' ? id : 'cpu-total'),
      })),
    })),
  );
  await cloudwatch.send(new PutMetricDataCommand({ Namespace: 'CWAgent', MetricData: series }));
  const heartbeat = { MetricName: 'Heartbeat', Value: 1, Timestamp: now, Dimensions: [{ Name: 'service', Value: 'healing' }] };
  await cloudwatch.send(new PutMetricDataCommand({ Namespace: 'SelfHealing', MetricData: [heartbeat] }));
}

/** The states of alarms that have had data for a day. */
async function letAlarmsBeWell(): Promise<void> {
  const { cloudwatch } = clients();
  const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: 'healing-' }));
  for (const { AlarmName } of MetricAlarms)
    await cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: 'OK', StateReason: 'a day has passed' }));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doctor-'));
  const quotas = new Map([
    ['events/L-244521F2', 300],
    ['lambda/L-B99A9384', 1_000],
  ]);
  aws = await startLocalAws({
    services: [
      ...[createCloudWatch(), createEc2(machines), createSns(), createServiceQuotas(quotas)],
      createRunCommand({ find: (id) => nodes.get(id), all: () => [...nodes.values()] }),
    ],
    disturb: (call) => disturb(call),
    say: () => {},
  });
  const outdir = join(folder, 'cdk.out');
  const app = new App({ outdir, analyticsReporting: false });
  const healing = new HealingPipeline(new Stack(app, 'Doctored'), 'Healing', { notify: { emails: ['oncall@example.com'] } });
  healing.protectFleet('Web', {
    fleet: Fleet.tagged('SelfHeal', 'enabled'),
    memory: { ladder: [Remedy.restartService('web')] },
  });
  healing.protectDatabase('Orders', { database: Database.instance('orders'), cpu: { above: 90 } });
  app.synth();
  const [{ folder: adapted }] = await Promise.all([
    adaptAssembly({ from: outdir, to: join(folder, 'adapted') }),
    bootstrap({ endpoint: aws.endpoint }),
    clients().rds.send(
      new CreateDBInstanceCommand({
        ...{ DBInstanceIdentifier: 'orders', DBInstanceClass: 'db.t4g.small', Engine: 'postgres', AllocatedStorage: 20 },
        ...{ MasterUsername: 'owner', MasterUserPassword: 'not-used-here' },
      }),
    ),
  ]);
  await deploy(adapted, { endpoint: aws.endpoint, say: () => {} });
  await letAlarmsBeWell();
}, 600_000);
afterAll(async () => {
  await aws?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('the command on a deployed pipeline, one after the other', { timeout: 240_000 }, () => {
  it('instance-role --check names the instances that have no profile, and the doctor what they lack', async () => {
    const { code, out } = await heal('instance-role', '--check', '--json');
    const { lacks } = JSON.parse(out) as { readonly lacks: readonly { readonly instance: string; readonly policies: readonly string[] }[] };
    // Systems Manager reaches both, so that they have its rights from elsewhere.
    expect([code, lacks.map(({ instance, policies }) => [instance, policies])]).toEqual([
      1,
      INSTANCES.map((id) => [id, ['CloudWatchAgentServerPolicy']]),
    ]);
    expect((await examine('--only', 'roles')).bad).toMatchObject([{ state: 'wrong', about: INSTANCES.join(', ') }]);
  });

  it('instance-role --deploy makes role and profile once, and finds them the second time', async () => {
    const answers = [await heal('instance-role', '--deploy', '--json'), await heal('instance-role', '--deploy', '--json')];
    expect(answers.map(({ out }) => (out === '' ? undefined : JSON.parse(out)))).toMatchObject([
      { was: 'made', profile: 'healing-instances-us-east-1' },
      { was: 'the same', profile: 'healing-instances-us-east-1' },
    ]);
    profile = 'arn:aws:iam::000000000000:instance-profile/healing-instances-us-east-1';
    expect(await heal('instance-role', '--check')).toMatchObject({ code: 0 });
  });

  it('doctor finds nothing where all is well', async () => {
    expect(await examine('--on-nodes')).toEqual({ code: 0, bad: [] });
    const { out } = await heal('doctor');
    expect(out).toContain('All is well.');
  });

  it('doctor says unknown with the permission where AWS refuses a call, and looks at all others', async () => {
    disturb = ({ action }) =>
      action === 'DescribeInstances' ? { error: new AwsError('UnauthorizedOperation', 'You are not authorized', 403) } : 'pass';
    const { code, bad } = await examine();
    disturb = () => 'pass';
    expect(code).toBe(2);
    expect(new Set(bad.map(({ state }) => state))).toEqual(new Set(['unknown']));
    expect(bad.map(({ check }) => check)).toEqual(['fleets', 'roles', 'ssm-agent', 'cloudwatch-agent']);
    for (const { mend } of bad) expect(mend).toContain('ec2:DescribeInstances');
  });

  it('doctor finds each of ten things that are broken', async () => {
    const { cloudwatch, events, iam, rds, sns, sqs, ssm } = clients();
    const topic = 'arn:aws:sns:us-east-1:000000000000:healing-notifications';
    const { Subscriptions = [] } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topic }));
    for (const { SubscriptionArn } of Subscriptions) await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
    await sns.send(new SubscribeCommand({ TopicArn: topic, Protocol: 'https', Endpoint: 'https://127.0.0.1:9/chat' }));
    await ssm.send(
      new PutParameterCommand({ Name: '/self-healing/healing/pause', Value: 'Anna works on it', Type: 'String', Overwrite: true }),
    );
    await events.send(new DisableRuleCommand({ Name: 'healing.Orders-cpu' }));
    await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['healing-Orders-cpu'] }));
    await cloudwatch.send(
      new SetAlarmStateCommand({ AlarmName: 'healing-watch-dead-letters', StateValue: 'ALARM', StateReason: 'a letter' }),
    );
    await iam.send(
      new DetachRolePolicyCommand({
        RoleName: 'healing-instances-us-east-1',
        PolicyArn: 'arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy',
      }),
    );
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
    const QueueUrl = QueueUrls.find((url) => url.includes('DeadLetters'));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'an event' }));
    await rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'orders', SkipFinalSnapshot: true }));
    (nodes.get(FIRST) as ManagedNode).agentVersion = '3.3.1345.0';
    (nodes.get(SECOND) as ManagedNode).agentOnline = false;
    services = 'service web missing';
    const { code, bad } = await examine('--on-nodes');
    expect(code).toBe(1);
    expect(bad.map(({ check, state, about }) => `${check} ${state} ${about.split(':').at(-1)}`).toSorted()).toEqual(
      [
        'subscriptions wrong healing-notifications',
        'pause warning pause switch',
        'rules wrong healing.Orders-cpu',
        'alarms wrong healing-Orders-cpu',
        'alarms wrong healing-watch-dead-letters',
        `dead-letters wrong ${QueueUrl?.split('/').at(-1)}`,
        `roles wrong ${FIRST}, ${SECOND}`,
        `ssm-agent wrong ${FIRST}`,
        `ssm-agent wrong ${SECOND}`,
        `services wrong ${FIRST}`,
        'databases wrong database orders',
      ].toSorted(),
    );
    for (const { mend } of bad) expect(mend).toMatch(/./);
  });

  it('doctor of a pipeline that is none says so', async () => {
    expect(await examine('--pipeline', 'nobody')).toMatchObject({ code: 1, bad: [{ check: 'pipeline', state: 'wrong' }] });
  });
});
