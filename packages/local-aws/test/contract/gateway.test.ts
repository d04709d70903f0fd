import { execFile, spawnSync } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient, DeleteAlarmsCommand, DescribeAlarmsCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CreateTableCommand, DynamoDBClient, ListTablesCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeInstancesCommand, EC2Client, RebootInstancesCommand } from '@aws-sdk/client-ec2';
import { RDSClient, RebootDBInstanceCommand } from '@aws-sdk/client-rds';
import { SendCommandCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Disturb } from '../../gateway/disturbance.ts';
import { ownConnection } from '../../gateway/forward.ts';
import { openGateway } from '../../gateway/gateway.ts';
import { AwsError, type AwsEvent, type Service } from '../../gateway/service.ts';
import { type LocalAws, startLocalAws } from '../../local-aws.ts';
import { freePorts } from '../../ministack/free-port.ts';

const alarmUpdated = new Date('2026-01-02T03:04:05.000Z');
const seen: Record<string, unknown>[] = [];

const services: readonly Service[] = [
  service('ssm', {
    SendCommand: async (parameters) => {
      seen.push(parameters);
      if (parameters.DocumentName === 'none') throw new AwsError('InvalidDocument', 'No such document.');
      return { Command: { CommandId: 'c-1', RequestedDateTime: alarmUpdated, TargetCount: 1 } };
    },
  }),
  service('monitoring', {
    DescribeAlarms: async () => ({ MetricAlarms: [{ AlarmName: 'cpu', Threshold: 80.5, StateUpdatedTimestamp: alarmUpdated }] }),
    DeleteAlarms: async () => Promise.reject(new AwsError('ResourceNotFound', 'Unknown alarm.')),
    PutMetricData: async (parameters) => {
      seen.push(parameters);
      return {};
    },
  }),
  service('rds', {
    RebootDBInstance: async () => Promise.reject(new AwsError('InvalidDBInstanceState', 'It is rebooting.')),
  }),
  service('ec2', {
    DescribeInstances: async (parameters) => {
      seen.push(parameters);
      return { Reservations: [{ Instances: [{ InstanceId: 'i-1', Tags: [{ Key: 'a', Value: '<&>' }] }, { InstanceId: 'i-2' }] }] };
    },
    RebootInstances: async () => Promise.reject(new AwsError('InvalidInstanceID.NotFound', 'No such instance.')),
  }),
  service('autoscaling', {
    DescribeAutoScalingGroups: async () => ({ AutoScalingGroups: [group] }),
  }),
];

const group = {
  AutoScalingGroupName: 'g',
  MinSize: 1,
  MaxSize: 4,
  DesiredCapacity: 2,
  DefaultCooldown: 300,
  AvailabilityZones: ['us-east-1a'],
  HealthCheckType: 'EC2',
  CreatedTime: new Date('2026-11-02T10:00:00Z'),
  Instances: [],
};

function service(service: string, actions: Service['actions']): Service {
  return { service, note: 'Answers of this test.', actions };
}

let aws: LocalAws;
let disturb: Disturb = () => 'pass';

beforeAll(async () => {
  aws = await startLocalAws({ services, disturb: (call) => disturb(call) });
});
afterAll(() => aws.stop());
afterEach(() => {
  disturb = () => 'pass';
  seen.length = 0;
});

describe('a call that passes through', () => {
  const item = { TableName: 'claims', Item: { id: { S: '1' } }, ConditionExpression: 'attribute_not_exists(id)' };

  it('keeps the service error when a conditional write loses', async () => {
    const dynamo = new DynamoDBClient(aws.client);
    await dynamo.send(
      new CreateTableCommand({
        TableName: 'claims',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      }),
    );
    await dynamo.send(new PutItemCommand(item));
    await expect(dynamo.send(new PutItemCommand(item))).rejects.toThrow(
      expect.objectContaining({ name: 'ConditionalCheckFailedException' }),
    );
  });

  it('is recorded with its parameters and status when it changes something', async () => {
    const puts = aws.calls().filter((call) => call.service === 'dynamodb' && call.action === 'PutItem');
    expect(puts.map((call) => call.status)).toEqual([200, 400]);
    expect(puts[0]?.parameters).toMatchObject({ TableName: 'claims', Item: { id: { S: '1' } } });
    const lines = (await readFile(aws.recordFile, 'utf8')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).action)).toContain('PutItem');
  });

  it('is recorded without parameters when it only reads', async () => {
    await new DynamoDBClient(aws.client).send(new ListTablesCommand({ Limit: 1 }));
    const recorded = aws.calls().find((call) => call.action === 'ListTables');
    expect(recorded).toMatchObject({ service: 'dynamodb', status: 200 });
    expect(recorded).not.toHaveProperty('parameters');
  });
});

describe('a added call', () => {
  it('speaks JSON 1.1 with dates and error names (Systems Manager)', async () => {
    const ssm = new SSMClient(aws.client);
    const parameters = { DocumentName: 'restart', InstanceIds: ['i-1'], Parameters: { service: ['nginx'] }, TimeoutSeconds: 60 };
    const { Command } = await ssm.send(new SendCommandCommand(parameters));
    expect(Command).toMatchObject({ CommandId: 'c-1', RequestedDateTime: alarmUpdated, TargetCount: 1 });
    expect(seen[0]).toEqual(parameters);
    await expect(ssm.send(new SendCommandCommand({ DocumentName: 'none' }))).rejects.toThrow(
      expect.objectContaining({ name: 'InvalidDocument', message: 'No such document.' }),
    );
  });

  it('speaks JSON 1.0 with query-compatible error names (CloudWatch of the SDK)', async () => {
    const cloudwatch = new CloudWatchClient(aws.client);
    const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({}));
    expect(MetricAlarms).toEqual([{ AlarmName: 'cpu', Threshold: 80.5, StateUpdatedTimestamp: alarmUpdated }]);
    await expect(cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['x'] }))).rejects.toThrow(
      expect.objectContaining({ name: 'ResourceNotFound' }),
    );
  });

  it('understands a compressed body (PutMetricData above 10 KB)', async () => {
    const MetricData = Array.from({ length: 200 }, (_, index) => ({
      MetricName: `metric-${index}-${'x'.repeat(50)}`,
      Value: index,
      Timestamp: alarmUpdated,
    }));
    await new CloudWatchClient(aws.client).send(new PutMetricDataCommand({ Namespace: 'Test', MetricData }));
    expect(seen[0]).toEqual({ Namespace: 'Test', MetricData });
  });

  it('speaks query XML with error names (RDS, Auto Scaling)', async () => {
    const { AutoScalingGroups } = await new AutoScalingClient(aws.client).send(new DescribeAutoScalingGroupsCommand({}));
    expect(AutoScalingGroups).toMatchObject([{ AutoScalingGroupName: 'g', DesiredCapacity: 2, Instances: [] }]);
    const reboot = new RDSClient(aws.client).send(new RebootDBInstanceCommand({ DBInstanceIdentifier: 'db' }));
    await expect(reboot).rejects.toThrow(expect.objectContaining({ name: 'InvalidDBInstanceStateFault', message: 'It is rebooting.' }));
  });

  it('speaks the query XML of EC2, with its list names and its errors', async () => {
    const ec2 = new EC2Client(aws.client);
    const filter = { Filters: [{ Name: 'tag:SelfHeal', Values: ['enabled', 'yes'] }], MaxResults: 5 };
    const { Reservations } = await ec2.send(new DescribeInstancesCommand(filter));
    expect(Reservations?.[0]?.Instances).toEqual([{ InstanceId: 'i-1', Tags: [{ Key: 'a', Value: '<&>' }] }, { InstanceId: 'i-2' }]);
    expect(seen[0]).toEqual(filter);
    await expect(ec2.send(new RebootInstancesCommand({ InstanceIds: ['i-9'] }))).rejects.toThrow(
      expect.objectContaining({ name: 'InvalidInstanceID.NotFound' }),
    );
  });
});

describe.skipIf(spawnSync('aws', ['--version']).status !== 0)('a added call of the AWS CLI', () => {
  const cli = async (...parameters: string[]) => {
    const env = {
      ...process.env,

      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_DEFAULT_REGION: 'us-east-1',
    };
    return JSON.parse(
      (await promisify(execFile)('aws', [...parameters, '--output', 'json', '--endpoint-url', aws.endpoint], { env })).stdout || '{}',
    );
  };

  it('gets alarms with their dates, in whatever protocol the CLI speaks', async () => {
    const { MetricAlarms } = await cli('cloudwatch', 'describe-alarms');
    const [{ StateUpdatedTimestamp: updated, ...alarm }] = MetricAlarms;
    expect(alarm).toEqual({ AlarmName: 'cpu', Threshold: 80.5 });
    // Depending on the protocol this CLI prints ISO text or epoch seconds.
    expect(new Date(typeof updated === 'number' ? updated * 1000 : updated)).toEqual(alarmUpdated);
  });

  it('names the errors as AWS does', async () => {
    await expect(cli('cloudwatch', 'delete-alarms', '--alarm-names', 'x')).rejects.toThrow('(ResourceNotFound)');
    await expect(cli('rds', 'reboot-db-instance', '--db-instance-identifier', 'db')).rejects.toThrow('(InvalidDBInstanceState)');
  });
});

describe('events', () => {
  const alarmEvent: AwsEvent = {
    source: 'aws.cloudwatch',
    'detail-type': 'CloudWatch Alarm State Change',
    resources: ['arn:aws:cloudwatch:us-east-1:000000000000:alarm:cpu'],
    detail: { alarmName: 'cpu', state: { value: 'ALARM' } },
  };

  it('reach a rule when a service of AWS sends them', async () => {
    const { QueueUrl } = (await aws.upstream.call('sqs', 'CreateQueue', { QueueName: 'events' })) as { QueueUrl: string };
    await aws.upstream.call('events', 'PutRule', { Name: 'alarms', EventPattern: JSON.stringify({ source: ['aws.cloudwatch'] }) });
    const target = { Id: 'queue', Arn: 'arn:aws:sqs:us-east-1:000000000000:events' };
    await aws.upstream.call('events', 'PutTargets', { Rule: 'alarms', Targets: [target] });
    await aws.upstream.sendEvents([alarmEvent]);
    const received = await vi.waitFor(async () => {
      const { Messages } = (await aws.upstream.call('sqs', 'ReceiveMessage', { QueueUrl })) as { Messages?: { Body: string }[] };
      expect(Messages).toHaveLength(1);
      return JSON.parse(Messages?.[0]?.Body ?? '{}');
    });
    expect(received).toMatchObject({ ...alarmEvent, account: '000000000000', region: 'us-east-1' });
  });

  it('with an aws.* source are refused from a caller, as on AWS', async () => {
    const { FailedEntryCount, Entries } = await putAwsEvent(aws);
    expect({ FailedEntryCount, Entries }).toMatchObject({
      FailedEntryCount: 1,
      Entries: [{ ErrorCode: 'NotAuthorizedForSourceException' }],
    });
  });

  it('with an aws.* source are let through, with a note, where that is allowed', async () => {
    const open = await startLocalAws({ allowAwsEvents: true });
    try {
      const { FailedEntryCount, Entries, note } = await putAwsEvent(open);
      expect({ FailedEntryCount, Entries }).toEqual({ FailedEntryCount: 0, Entries: [{ EventId: expect.any(String) }] });
      expect(note).toContain('AWS refuses');
      expect(open.calls()).toMatchObject([{ service: 'events', action: 'PutEvents', note: expect.stringContaining('AWS refuses') }]);
    } finally {
      await open.stop();
    }
  });
});

async function putAwsEvent(local: LocalAws) {
  const response = await fetch(local.endpoint, {
    method: 'POST',
    headers: {
      ...ownConnection,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AWSEvents.PutEvents',
      authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/events/aws4_request',
    },
    body: JSON.stringify({ Entries: [{ Source: 'aws.rds', DetailType: 'RDS DB Instance Event', Detail: '{}' }] }),
  });
  const answer = (await response.json()) as { FailedEntryCount: number; Entries: unknown[] };
  return { ...answer, note: response.headers.get('x-local-aws-note') };
}

describe('a disturbed call', () => {
  const put = (id: string) => new DynamoDBClient(aws.client).send(new PutItemCommand({ TableName: 'claims', Item: { id: { S: id } } }));
  const exists = async (id: string) => {
    const { Item } = await aws.upstream.call('dynamodb', 'GetItem', { TableName: 'claims', Key: { id: { S: id } } });
    return Item !== undefined;
  };

  it('is done although its answer is lost after the act', async () => {
    disturb = () => ({ dropAnswer: true, after: true });
    await expect(put('after')).rejects.toThrow();
    expect(await exists('after')).toBe(true);
    expect(aws.calls().at(-1)).toMatchObject({ action: 'PutItem', status: 0, note: expect.stringContaining('after the act') });
  });

  it('is not done when it is lost before the act', async () => {
    disturb = () => ({ dropAnswer: true, after: false });
    await expect(put('before')).rejects.toThrow();
    expect(await exists('before')).toBe(false);
  });

  it('gets the error in place of the answer', async () => {
    disturb = ({ action }) => (action === 'PutItem' ? { error: new AwsError('ThrottlingException', 'Slow down.') } : 'pass');
    await expect(put('throttled')).rejects.toThrow(expect.objectContaining({ name: 'ThrottlingException' }));
    expect(await exists('throttled')).toBe(false);
  });

  it('is answered as if it were done, and is not', async () => {
    disturb = ({ action }) => (action === 'PutItem' ? { answer: {} } : 'pass');
    await expect(put('pretended')).resolves.toBeDefined();
    expect(await exists('pretended')).toBe(false);
  });

  it('comes late when it is delayed', async () => {
    disturb = () => ({ delayMs: 300 });
    const start = performance.now();
    await put('late');
    expect(performance.now() - start).toBeGreaterThan(290);
    expect(await exists('late')).toBe(true);
  });
});

it('answers as a gateway does, and records it, when the local AWS is gone', async () => {
  const [publicPort = 0, upstreamPort = 0] = await freePorts(2);
  const recordFile = `${aws.recordFile}.gone`;
  const gateway = await openGateway({ publicPort, upstreamPort, services: [], recordFile, allowAwsEvents: false });
  try {
    expect((await fetch(`${gateway.endpoint}/bucket/key`, { headers: ownConnection })).status).toBe(502);
    expect(gateway.calls()).toMatchObject([{ action: 'GET /bucket/key', status: 502 }]);
  } finally {
    await gateway.close();
    await rm(recordFile);
  }
});
