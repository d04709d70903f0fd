import {
  CloudWatchClient,
  DescribeAlarmContributorsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  ListTagsForResourceCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { EC2Client, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { CreateTopicCommand, ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type LocalAws, startLocalAws } from '../../local-aws.ts';
import { type CloudWatchService, createCloudWatch } from '../../services/cloudwatch.ts';

let aws: LocalAws;
let cloudwatch: CloudWatchService;
let client: CloudWatchClient;
let instanceId = '';

beforeAll(async () => {
  cloudwatch = createCloudWatch({ handSetHoldMs: 60_000 });
  aws = await startLocalAws({ services: [cloudwatch] });
  client = new CloudWatchClient(aws.client);
  const tags = [{ ResourceType: 'instance' as const, Tags: [{ Key: 'SelfHeal', Value: 'enabled' }] }];
  const { Instances } = await new EC2Client(aws.client).send(
    new RunInstancesCommand({ ImageId: 'ami-1', MinCount: 1, MaxCount: 1, TagSpecifications: tags }),
  );
  instanceId = Instances?.[0]?.InstanceId ?? '';
  cloudwatch.start(aws.upstream);
});

afterAll(async () => {
  await cloudwatch.stop();
  await aws.stop();
});

const putCpu = (InstanceId: string, Value: number) =>
  client.send(
    new PutMetricDataCommand({
      Namespace: 'AWS/EC2',
      MetricData: [{ MetricName: 'CPUUtilization', Dimensions: [{ Name: 'InstanceId', Value: InstanceId }], Value, Timestamp: new Date() }],
    }),
  );

describe('CloudWatch at the gateway, through the SDK', () => {
  it('puts the tagged instance of a fleet into ALARM, and only that one', async () => {
    const Expression = `SELECT MAX(CPUUtilization) FROM SCHEMA("AWS/EC2", InstanceId) WHERE tag.SelfHeal = 'enabled' GROUP BY InstanceId ORDER BY MAX() DESC`;
    await client.send(
      new PutMetricAlarmCommand({
        AlarmName: 'fleet-cpu',
        Metrics: [{ Id: 'q1', Expression, Period: 60, ReturnData: true }],
        EvaluationPeriods: 1,
        Threshold: 90,
        ComparisonOperator: 'GreaterThanThreshold',
        Tags: [{ Key: 'owner', Value: 'rehearsal' }],
      }),
    );
    await putCpu(instanceId, 97);
    await putCpu('i-untagged', 99);

    const contributors = await vi.waitFor(
      async () => {
        const { AlarmContributors = [] } = await client.send(new DescribeAlarmContributorsCommand({ AlarmName: 'fleet-cpu' }));
        expect(AlarmContributors).toHaveLength(1);
        return AlarmContributors;
      },
      { timeout: 60_000, interval: 200 },
    );

    expect(contributors).toEqual([
      {
        ContributorId: expect.stringMatching(/^[0-9a-f]{16}$/),
        ContributorAttributes: { InstanceId: instanceId },
        StateReason: expect.stringContaining('97.0'),
        StateTransitionedTimestamp: expect.any(Date),
      },
    ]);
    const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({ AlarmNames: ['fleet-cpu'] }));
    expect(MetricAlarms).toMatchObject([
      { StateValue: 'ALARM', StateReason: '1 out of 1 time series evaluated to ALARM', Metrics: [{ Expression }] },
    ]);
    const { Tags } = await client.send(new ListTagsForResourceCommand({ ResourceARN: MetricAlarms?.[0]?.AlarmArn }));
    expect(Tags).toEqual([{ Key: 'owner', Value: 'rehearsal' }]);
  });

  it('sets a state by hand, keeps its history, and publishes to a topic that exists', async () => {
    const sns = new SNSClient(aws.client);
    const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'oncall' }));
    await client.send(
      new PutMetricAlarmCommand({
        AlarmName: 'by-hand',
        Namespace: 'AWS/RDS',
        MetricName: 'DatabaseConnections',
        Dimensions: [{ Name: 'DBInstanceIdentifier', Value: 'orders-db' }],
        Statistic: 'Average',
        Period: 60,
        EvaluationPeriods: 3,
        DatapointsToAlarm: 2,
        Threshold: 90,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'missing',
        AlarmActions: [TopicArn],
      }),
    );

    await client.send(new SetAlarmStateCommand({ AlarmName: 'by-hand', StateValue: 'ALARM', StateReason: 'drill' }));

    const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({ AlarmNamePrefix: 'by-', StateValue: 'ALARM' }));
    expect(MetricAlarms).toMatchObject([
      { AlarmName: 'by-hand', StateReason: 'drill', DatapointsToAlarm: 2, StateUpdatedTimestamp: expect.any(Date) },
    ]);
    const { AlarmHistoryItems } = await client.send(
      new DescribeAlarmHistoryCommand({ AlarmName: 'by-hand', HistoryItemType: 'StateUpdate' }),
    );
    expect(AlarmHistoryItems).toMatchObject([{ HistorySummary: 'Alarm updated from INSUFFICIENT_DATA to ALARM' }]);
    expect((await sns.send(new ListTopicsCommand({}))).Topics).toContainEqual({ TopicArn });
    expect(cloudwatch.failures()).toEqual([]);
  });

  it('answers whether a series still reports', async () => {
    const reports = async (InstanceId: string) => {
      await putCpu(instanceId, 10);
      const MetricStat = {
        Metric: { Namespace: 'AWS/EC2', MetricName: 'CPUUtilization', Dimensions: [{ Name: 'InstanceId', Value: InstanceId }] },
        Period: 60,
        Stat: 'SampleCount',
      };
      const window = { StartTime: new Date(Date.now() - 180_000), EndTime: new Date(Date.now() + 1_000) };
      const { MetricDataResults } = await client.send(
        new GetMetricDataCommand({ ...window, MetricDataQueries: [{ Id: 'proof', MetricStat }] }),
      );
      return (MetricDataResults?.[0]?.Values?.length ?? 0) > 0;
    };

    expect([await reports(instanceId), await reports('i-nobody')]).toEqual([true, false]);
  });

  it('refuses what AWS refuses, with the error that clients know', async () => {
    const set = client.send(new SetAlarmStateCommand({ AlarmName: 'nobody', StateValue: 'ALARM', StateReason: 'x' }));
    await expect(set).rejects.toMatchObject({ name: 'ResourceNotFound' });
    const put = client.send(
      new PutMetricAlarmCommand({ AlarmName: 'half', EvaluationPeriods: 1, ComparisonOperator: 'GreaterThanThreshold' }),
    );
    await expect(put).rejects.toThrow(/exactly one of MetricName and Metrics/);
  });
});
