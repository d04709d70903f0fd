import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { RDSClient } from '@aws-sdk/client-rds';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { Disturbance } from '@self-healing/local-aws/gateway/disturbance.ts';
import { AwsError, type Service } from '@self-healing/local-aws/gateway/service.ts';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { anAttempt, anIncident, aPolicy, NOW } from '@self-healing/simulation/builders.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { autoScalingGroups } from '../../lambdas/adapters/auto-scaling.ts';
import { alarms } from '../../lambdas/adapters/cloudwatch/alarms.ts';
import { historyLog } from '../../lambdas/adapters/cloudwatch-logs.ts';
import { deployments } from '../../lambdas/adapters/code-deploy.ts';
import { claims } from '../../lambdas/adapters/dynamodb/claims.ts';
import { incidentStore } from '../../lambdas/adapters/dynamodb/incident-store.ts';
import { incidentTable } from '../../lambdas/adapters/dynamodb/incident-table.ts';
import { repairNotes } from '../../lambdas/adapters/dynamodb/repair-notes.ts';
import { storms } from '../../lambdas/adapters/dynamodb/storms.ts';
import { instances } from '../../lambdas/adapters/ec2/instances.ts';
import { volumes } from '../../lambdas/adapters/ec2/volumes.ts';
import { loadBalancers } from '../../lambdas/adapters/elastic-load-balancing.ts';
import { signalRules } from '../../lambdas/adapters/eventbridge.ts';
import { databaseClusters } from '../../lambdas/adapters/rds/clusters.ts';
import { databases } from '../../lambdas/adapters/rds/databases.ts';
import { mails } from '../../lambdas/adapters/sns.ts';
import { changeCalendars } from '../../lambdas/adapters/ssm/change-calendars.ts';
import { commands } from '../../lambdas/adapters/ssm/commands.ts';
import { opsItems } from '../../lambdas/adapters/ssm/ops-items.ts';
import { pauseSwitch } from '../../lambdas/adapters/ssm/pause-switch.ts';
import { publishedSelections } from '../../lambdas/adapters/ssm/published-selections.ts';
import { workflow } from '../../lambdas/adapters/step-functions/workflow.ts';
import { incidentLine } from '../../lambdas/core/history-line.ts';
import { endNotice } from '../../lambdas/core/notice/end.ts';
import { originOf } from '../../lambdas/core/notice/origin.ts';
import { endFor } from '../../lambdas/core/reasons.ts';
import { declared } from '../../lambdas/core/storm.ts';

/** Every action answers with nothing, so that what is left to see is what happens to a call on its way. */
const done: string[] = [];
const answering = (service: string, actions: Readonly<Record<string, object>>): Service => ({
  service,
  note: 'Empty answers of this test.',
  actions: Object.fromEntries(
    Object.entries(actions).map(([action, answer]) => [
      action,
      async () => {
        done.push(action);
        return answer as Record<string, unknown>;
      },
    ]),
  ),
});
const services = [
  answering('ec2', {
    DescribeInstances: {},
    DescribeInstanceStatus: {},
    RebootInstances: {},
    DescribeVolumes: {},
    DescribeVolumesModifications: {},
    ModifyVolume: {},
  }),
  answering('autoscaling', {
    DescribeAutoScalingGroups: { AutoScalingGroups: [] },
    DescribeInstanceRefreshes: {},
    SetDesiredCapacity: {},
    SetInstanceHealth: {},
  }),
  answering('rds', {
    DescribeDBInstances: {},
    RebootDBInstance: {},
    ModifyDBInstance: {},
    DescribeDBClusters: {},
    RebootDBCluster: {},
    FailoverDBCluster: {},
  }),
  answering('ssm', {
    DescribeInstanceInformation: {},
    ListCommands: {},
    GetCommandInvocation: { Status: 'Success', StandardOutputContent: 'done' },
    SendCommand: { Command: { CommandId: 'c-1' } },
    GetParameter: { Parameter: { Value: 'running' } },
    GetCalendarState: { State: 'OPEN' },
    DescribeOpsItems: {},
    CreateOpsItem: { OpsItemId: 'oi-1' },
    UpdateOpsItem: {},
  }),
  answering('codedeploy', { ListDeployments: {} }),
  answering('monitoring', { DescribeAlarms: {}, DescribeAlarmContributors: { AlarmContributors: [] }, GetMetricData: {} }),
  answering('elasticloadbalancing', { DescribeTargetHealth: {} }),
  answering('dynamodb', { GetItem: {}, BatchGetItem: {}, Query: {}, PutItem: {}, UpdateItem: {}, TransactWriteItems: {} }),
  answering('logs', { CreateLogStream: {}, PutLogEvents: {} }),
  answering('sns', { Publish: { MessageId: 'm-1' } }),
  answering('states', { StartExecution: { executionArn: 'e-1', startDate: new Date() } }),
];

let aws: SharedAws;
beforeAll(async () => {
  aws = await openSharedAws(services);
});
afterAll(() => aws.close());

const incident = anIncident();
const proof = { namespace: 'n', metric: 'm', dimensions: {}, within: { minutes: 5 } };
const arrival = { incident: incident.id, target: incident.target, at: NOW };
const ending = { end: { outcome: 'recovered', reason: 'healed', why: '' }, told: true, written: true, changed: true } as const;
const ended = { incident: anIncident(), policy: aPolicy(), attempts: [], end: endFor('healed', 'OK', 1) };
const notice = endNotice(originOf('healing', 'arn:aws:sns:us-east-1:000000000000:t'), ended, NOW);
const opsItem = { key: 'k', pipeline: 'healing', at: '2026-11-29T08:47:13Z', title: 't', description: 'd', severity: '1', priority: 1 };
const table = () => incidentTable('t', new DynamoDBClient(aws.client));
const store = () => incidentStore(table());

type Call = readonly [name: string, action: string, call: () => Promise<unknown>];

/** Whatever may be asked twice without harm: reads, and writes that are the same when repeated. */
const repeatable: readonly Call[] = [
  ['looking for an OpsItem', 'DescribeOpsItems', () => opsItems(new SSMClient(aws.client)).find('k')],
  ['opening an OpsItem', 'CreateOpsItem', () => opsItems(new SSMClient(aws.client)).open(opsItem)],
  ['renewing an OpsItem', 'UpdateOpsItem', () => opsItems(new SSMClient(aws.client)).renew('oi-1', opsItem)],
  ['resolving an OpsItem', 'UpdateOpsItem', () => opsItems(new SSMClient(aws.client)).resolve('oi-1', opsItem)],
  ['describing instances', 'DescribeInstances', () => instances(new EC2Client(aws.client)).describe(['i-1'])],
  ['finding tagged instances', 'DescribeInstances', () => instances(new EC2Client(aws.client)).tagged('k', 'v')],
  ['reading status checks', 'DescribeInstanceStatus', () => instances(new EC2Client(aws.client)).statusChecks('i-1')],
  ['reading the hosting', 'DescribeInstances', () => instances(new EC2Client(aws.client)).hosting('i-1')],
  ['describing devices', 'DescribeInstances', () => volumes(new EC2Client(aws.client)).devices('i-1')],
  ['describing a volume', 'DescribeVolumes', () => volumes(new EC2Client(aws.client)).describe('vol-1')],
  ['reading a modification', 'DescribeVolumesModifications', () => volumes(new EC2Client(aws.client)).lastModification('vol-1')],
  ['describing a group', 'DescribeAutoScalingGroups', () => autoScalingGroups(new AutoScalingClient(aws.client)).describe('g')],
  ['asking for a refresh', 'DescribeInstanceRefreshes', () => autoScalingGroups(new AutoScalingClient(aws.client)).isRefreshing('g')],
  [
    'reading the free storage',
    'GetMetricData',
    () => databases(new RDSClient(aws.client), new RDSClient(aws.actor), new CloudWatchClient(aws.client)).freeStorage('d'),
  ],
  ['describing a database', 'DescribeDBInstances', () => databases(new RDSClient(aws.client)).describe('d')],
  ['describing a cluster', 'DescribeDBClusters', () => databaseClusters(new RDSClient(aws.client)).describe('d')],
  ['asking for the agent', 'DescribeInstanceInformation', () => commands(new SSMClient(aws.client)).agent('i-1')],
  ['finding a command', 'ListCommands', () => commands(new SSMClient(aws.client)).find('t', 'i-1')],
  ['reading a command', 'GetCommandInvocation', () => commands(new SSMClient(aws.client)).result('c', 'i-1')],
  ['reading the pause switch', 'GetParameter', () => pauseSwitch('/p', new SSMClient(aws.client)).read()],
  ['reading a calendar', 'GetCalendarState', () => changeCalendars(new SSMClient(aws.client)).state(['c'])],
  [
    'listing deployments',
    'ListDeployments',
    () => deployments(new CodeDeployClient(aws.client)).underWay({ application: 'a', group: 'g' }),
  ],
  ['reading an alarm', 'DescribeAlarms', () => alarms(new CloudWatchClient(aws.client)).state('a')],
  ['reading contributors', 'DescribeAlarmContributors', () => alarms(new CloudWatchClient(aws.client)).contributorsInAlarm('a')],
  ['asking whether a series reports', 'GetMetricData', () => alarms(new CloudWatchClient(aws.client)).lastReport(proof, {}, NOW - 1, NOW)],
  [
    'reading values',
    'GetMetricData',
    () => alarms(new CloudWatchClient(aws.client)).values([{ namespace: 'n', metric: 'm', dimensions: {} }], NOW - 1, NOW),
  ],
  ['reading target health', 'DescribeTargetHealth', () => loadBalancers(new ElasticLoadBalancingV2Client(aws.client)).targetHealth('a')],
  [
    'reading what the pipelines protect',
    'GetParametersByPath',
    () => publishedSelections('healing', new SSMClient(aws.client)).published(),
  ],
  ['reading a lease', 'GetItem', () => claims(table()).lease(incident.target)],
  ['claiming', 'TransactWriteItems', () => claims(table()).claim({ incident, until: NOW + 1 }, NOW)],
  ['renewing', 'TransactWriteItems', () => claims(table()).renew(incident, NOW, NOW)],
  ['opening an incident', 'GetItem', () => store().open(incident)],
  ['noting an arrival', 'PutItem', () => storms(table()).arrive('c', arrival, NOW)],
  ['looking for a storm', 'Query', () => storms(table()).read('c', { from: NOW })],
  ['declaring a storm', 'TransactWriteItems', () => storms(table()).put('c', declared(incident, aPolicy(), NOW), undefined)],
  ['changing a storm', 'GetItem', () => storms(table()).change('c', (storm) => storm)],
  ['looking for storms that owe a message', 'Query', () => storms(table()).debts()],
  ['reading what sweeps noted', 'Query', () => repairNotes(table()).since(NOW)],
  ['taking the right to tell of a rejection', 'TransactWriteItems', () => store().takeRejection('p', 'r', NOW)],
  ['letting in a drill', 'TransactWriteItems', () => store().beginDrill('p', { drill: 'd', isReal: false }, NOW)],
  ['reading whether a target is in a drill', 'GetItem', () => store().realDrill(incident.target)],
  ['reading attempts', 'Query', () => store().attempts(incident.id)],
  ['writing an attempt', 'TransactWriteItems', () => store().record(anAttempt(), NOW, NOW)],
  ['writing a receipt', 'UpdateItem', () => store().recordReceipt(anAttempt(), {})],
  ['reading an ending', 'GetItem', () => store().ending(incident.id)],
  ['closing an incident', 'TransactWriteItems', () => store().close(incident, ending, NOW)],
  [
    'making a history stream',
    'CreateLogStream',
    () => {
      aws.disturb('PutLogEvents', [{ error: new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.') }]);
      return historyLog('g', 'w', new CloudWatchLogsClient(aws.client)).write(line());
    },
  ],
  ['writing the history', 'PutLogEvents', () => historyLog('g', 'w', new CloudWatchLogsClient(aws.client)).write(line())],
  ['publishing', 'Publish', () => mails('arn:aws:sns:us-east-1:000000000000:t', new SNSClient(aws.client)).send(notice)],
  ['listing the rules', 'ListRules', () => rules().watchedAlarms()],
  ['telling the rules again', 'PutEvents', () => rules().tellAgain([{ alarmName: 'a', since: NOW, reason: '' }])],
  ['describing the alarms in ALARM', 'DescribeAlarms', () => alarms(new CloudWatchClient(aws.client)).inAlarm(['a'])],
  ['starting the workflow', 'StartExecution', () => workflow(stateMachine, new SFNClient(aws.client)).start(incident.id, {})],
];

const rules = () => signalRules('p', new EventBridgeClient(aws.client));

const stateMachine = 'arn:aws:states:us-east-1:000000000000:stateMachine:m';

function line() {
  return incidentLine('acted', incident, 'text', NOW);
}

/** What must not happen twice: AWS knows no idempotency token for these. */
const acts: readonly Call[] = [
  [
    'setting the capacity',
    'SetDesiredCapacity',
    () => autoScalingGroups(new AutoScalingClient(aws.client), new AutoScalingClient(aws.actor)).setDesiredCapacity('g', 3),
  ],
  [
    'marking a member unhealthy',
    'SetInstanceHealth',
    () => autoScalingGroups(new AutoScalingClient(aws.client), new AutoScalingClient(aws.actor)).markUnhealthy('i-1'),
  ],
  [
    'rebooting a database',
    'RebootDBInstance',
    () => databases(new RDSClient(aws.client), new RDSClient(aws.actor)).reboot('d', { failOver: false }),
  ],
  ['rebooting a cluster', 'RebootDBCluster', () => databaseClusters(new RDSClient(aws.client), new RDSClient(aws.actor)).reboot('d')],
  [
    'failing a cluster over',
    'FailoverDBCluster',
    () => databaseClusters(new RDSClient(aws.client), new RDSClient(aws.actor)).failOver('d'),
  ],
  ['growing storage', 'ModifyDBInstance', () => databases(new RDSClient(aws.client), new RDSClient(aws.actor)).growStorage('d', 24)],
  ['growing a volume', 'ModifyVolume', () => volumes(new EC2Client(aws.client), new EC2Client(aws.actor)).grow('vol-1', 24)],
  ['rebooting an instance', 'RebootInstances', () => instances(new EC2Client(aws.client), new EC2Client(aws.actor)).reboot('i-1')],
  [
    'sending a command',
    'SendCommand',
    () =>
      commands(new SSMClient(aws.client), new SSMClient(aws.actor)).send({ document: 'd', instanceId: 'i-1', parameters: {}, token: 't' }),
  ],
];

const throttled: Disturbance = { error: new AwsError('ThrottlingException', 'Rate exceeded') };
const denied: Disturbance = { error: new AwsError('AccessDeniedException', 'not authorized', 403) };
const broken: Disturbance = { error: new AwsError('InternalFailure', 'broken', 500) };
const cutBefore: Disturbance = { dropAnswer: true, after: false };
const cutAfter: Disturbance = { dropAnswer: true, after: true };

/** More often than anybody asks. */
function always(disturbance: Disturbance): readonly Disturbance[] {
  return Array.from({ length: 20 }, () => disturbance);
}

function countDone(action: string): number {
  return done.filter((each) => each === action).length;
}

/** Makes a call under the disturbances. Tells how it ended, how often it was asked for and how often it was done. */
async function disturbed([, action, call]: Call, disturbances: readonly Disturbance[]) {
  const before = aws.count(action);
  const doneBefore = countDone(action);
  aws.disturb(action, disturbances);
  const failure = await call().then(
    () => undefined,
    (error: Error) => error,
  );
  aws.disturb(action, []);
  return { failure: failure?.name, cause: failure?.cause, asked: aws.count(action) - before, done: countDone(action) - doneBefore };
}

/** The SDK's own number of tries; it gives DynamoDB one more. */
function tries(action: string): number {
  return ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'TransactWriteItems'].includes(action) ? 4 : 3;
}

describe.each(repeatable)('%s (%s)', (...call) => {
  it.each([
    ['answered by a failure', broken],
    ['not answered', cutAfter],
  ])('works in the end when it was once %s', async (_, disturbance) => {
    expect(await disturbed(call, [disturbance])).toMatchObject({ failure: undefined, asked: 2 });
  });

  it('is a defect when it is denied, with the error of AWS as its cause, and is not asked again', async () => {
    const cause = { name: 'AccessDeniedException' };
    expect(await disturbed(call, always(denied))).toMatchObject({ failure: 'Defect', cause, asked: 1, done: 0 });
  });
});

/**
 * One call of each action: disturbances are kept by action, so these can wait side by side for the SDK's pauses. Making
 * a history stream is left out, since it needs a failure of writing the history, too.
 */
const oneOfEachAction = repeatable.filter(
  ([, action], index) => action !== 'CreateLogStream' && repeatable.findIndex(([, other]) => other === action) === index,
);

describe('a throttled or lost call', () => {
  it.concurrent.each(oneOfEachAction)('of %s (%s) works in the end, and is to be tried again later when that lasts', async (...call) => {
    const asked = tries(call[1]);
    expect(await disturbed(call, [throttled])).toMatchObject({ failure: undefined, asked: 2 });
    expect(await disturbed(call, always(throttled))).toMatchObject({ failure: 'TryAgain', asked, done: 0 });
    expect(await disturbed(call, always(cutBefore))).toMatchObject({ failure: 'TryAgain', asked, done: 0 });
  });
});

describe('an act that is throttled', () => {
  it.concurrent.each(acts)('of %s (%s) happens once, and was not done when it is to be tried again later', async (...call) => {
    expect(await disturbed(call, [throttled, throttled])).toEqual({ failure: undefined, cause: undefined, asked: 3, done: 1 });
    expect(await disturbed(call, always(throttled))).toMatchObject({ failure: 'TryAgain', asked: 3, done: 0 });
  });
});

describe.each(acts)('%s (%s)', (...call) => {
  it.each([
    ['before the act', cutBefore, 0],
    ['after the act', cutAfter, 1],
  ])('is uncertain when its answer is lost %s, and is never sent again', async (_, disturbance, times) => {
    expect(await disturbed(call, [disturbance])).toMatchObject({ failure: 'Uncertain', asked: 1, done: times });
  });

  it('is uncertain when the service fails in the middle of it', async () => {
    expect(await disturbed(call, [broken])).toMatchObject({ failure: 'Uncertain', asked: 1 });
  });

  it('is a defect when it is denied, and was not done', async () => {
    const cause = { name: 'AccessDeniedException' };
    expect(await disturbed(call, [denied])).toMatchObject({ failure: 'Defect', cause, asked: 1, done: 0 });
  });
});
