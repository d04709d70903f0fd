import { beforeEach, describe, expect, it } from 'vitest';
import type { AwsEvent, Upstream } from '../../gateway/service.ts';
import { type CloudWatchService, createCloudWatch } from '../../services/cloudwatch.ts';
import { NOON_MS, report, SCALED_MINUTE_MS } from '../support/cloudwatch.ts';

const HOLD_MS = 12_000;
const TOPIC = 'arn:aws:sns:us-east-1:000000000000:oncall';
const FLEET_ARN = 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:memory';

let nowMs = NOON_MS;
let events: AwsEvent[] = [];
let published: Record<string, unknown>[] = [];
let cloudwatch: CloudWatchService;

const upstream: Upstream = {
  async call(service, _action, parameters) {
    if (service === 'sns') published.push({ ...parameters });
    return {};
  },
  async sendEvents(sent) {
    events.push(...sent);
  },
};
const call = (action: string, parameters: Record<string, unknown>) => {
  const handler = cloudwatch.actions[action];
  if (!handler) throw new Error(`no action ${action}`);
  return handler(parameters, upstream);
};
const memoryOf = (InstanceId: string) => ({ namespace: 'CWAgent', name: 'mem_used_percent', dimensions: { InstanceId } });
const later = async (ms: number) => {
  nowMs += ms;
  await cloudwatch.evaluateNow(upstream);
};
const putCpuAlarm = (overrides = {}) =>
  call('PutMetricAlarm', {
    AlarmName: 'cpu',
    AlarmDescription: 'CPU high',
    Namespace: 'AWS/EC2',
    MetricName: 'CPUUtilization',
    Dimensions: [{ Name: 'InstanceId', Value: 'i-1' }],
    Statistic: 'Average',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 90,
    ComparisonOperator: 'GreaterThanThreshold',
    AlarmActions: [TOPIC, 'arn:aws:automate:us-east-1:ec2:reboot'],
    ...overrides,
  });
const putFleetAlarm = () =>
  call('PutMetricAlarm', {
    AlarmName: 'memory',
    Metrics: [{ Id: 'm1', Expression: 'SELECT MAX(mem_used_percent) FROM "CWAgent" GROUP BY InstanceId', Period: 60 }],
    EvaluationPeriods: 1,
    Threshold: 90,
    ComparisonOperator: 'GreaterThanThreshold',
  });
const eventLines = () =>
  events.map(({ detail }) => {
    const { alarmName, alarmContributor, state } = detail as {
      alarmName: string;
      alarmContributor?: { attributes: object };
      state: { value: string };
    };
    return [alarmName, ...(alarmContributor ? Object.values(alarmContributor.attributes) : []), state.value].join(' ');
  });
const forget = () => {
  events = [];
  published = [];
};

beforeEach(() => {
  nowMs = NOON_MS;
  forget();
  cloudwatch = createCloudWatch({ handSetHoldMs: HOLD_MS, clock: () => nowMs });
});

describe('a metric alarm that changes', () => {
  it('sends the event in the shape of AWS, and its notification', async () => {
    await putCpuAlarm();
    report(cloudwatch.metrics, { name: 'CPUUtilization', dimensions: { InstanceId: 'i-1' } }, [97]);

    await later(150);

    expect(events).toEqual([
      {
        source: 'aws.cloudwatch',
        'detail-type': 'CloudWatch Alarm State Change',
        resources: ['arn:aws:cloudwatch:us-east-1:000000000000:alarm:cpu'],
        detail: {
          alarmName: 'cpu',
          configuration: {
            description: 'CPU high',
            metrics: [
              {
                id: expect.stringMatching(/^[0-9a-f]{8}-/),
                metricStat: {
                  metric: { namespace: 'AWS/EC2', name: 'CPUUtilization', dimensions: { InstanceId: 'i-1' } },
                  period: 60,
                  stat: 'Average',
                },
                returnData: true,
              },
            ],
          },
          previousState: {
            value: 'INSUFFICIENT_DATA',
            reason: 'Unchecked: Initial alarm creation',
            timestamp: '2026-11-02T12:00:00.000+0000',
          },
          state: {
            value: 'ALARM',
            reason: expect.stringContaining('Threshold Crossed'),
            reasonData: expect.stringContaining('"recentDatapoints":[97]'),
            timestamp: '2026-11-02T12:00:00.150+0000',
          },
        },
      },
    ]);
    expect(published).toMatchObject([{ TopicArn: TOPIC, Subject: 'ALARM: "cpu" in us-east-1' }]);
    expect(JSON.parse(String(published[0]?.Message))).toMatchObject({
      AlarmName: 'cpu',
      NewStateValue: 'ALARM',
      Trigger: { Statistic: 'AVERAGE' },
    });
  });

  it('sends nothing while its state stays', async () => {
    await putCpuAlarm();
    report(cloudwatch.metrics, { name: 'CPUUtilization', dimensions: { InstanceId: 'i-1' } }, [97, 98], NOON_MS + SCALED_MINUTE_MS);
    await later(150);
    forget();

    await later(SCALED_MINUTE_MS);

    expect(events).toEqual([]);
    expect(await call('DescribeAlarms', { AlarmNames: ['cpu'] })).toMatchObject({
      MetricAlarms: [
        { StateValue: 'ALARM', StateTransitionedTimestamp: new Date(NOON_MS + 150), Dimensions: [{ Name: 'InstanceId', Value: 'i-1' }] },
      ],
    });
  });

  it('publishes nothing while its actions are disabled, yet sends its event', async () => {
    await putCpuAlarm();
    await call('DisableAlarmActions', { AlarmNames: ['cpu'] });

    await call('SetAlarmState', { AlarmName: 'cpu', StateValue: 'ALARM', StateReason: 'drill' });

    expect([eventLines(), published]).toEqual([['cpu ALARM'], []]);
  });

  it('is listed as not evaluated, and never OK, when it uses an anomaly band', async () => {
    await putCpuAlarm({
      MetricName: undefined,
      Namespace: undefined,
      Statistic: undefined,
      Metrics: [{ Id: 'ad1', Expression: 'ANOMALY_DETECTION_BAND(m1, 2)' }],
      ThresholdMetricId: 'ad1',
      ComparisonOperator: 'GreaterThanUpperThreshold',
    });

    await later(150);

    expect(cloudwatch.alarms()).toMatchObject([{ name: 'cpu', state: 'INSUFFICIENT_DATA', notEvaluated: expect.stringContaining('ad1') }]);
    expect(await call('DescribeAlarms', {})).toMatchObject({ MetricAlarms: [{ EvaluationState: 'EVALUATION_FAILURE' }] });
  });
});

describe('an alarm with contributors', () => {
  it('sends an event per contributor and one of its own, then only for newly failing contributors', async () => {
    await putFleetAlarm();
    report(cloudwatch.metrics, memoryOf('i-1'), [95, 95], NOON_MS + SCALED_MINUTE_MS);
    report(cloudwatch.metrics, memoryOf('i-2'), [40, 99], NOON_MS + SCALED_MINUTE_MS);

    await later(150);
    expect(eventLines()).toEqual(['memory i-1 ALARM', 'memory ALARM']);
    expect(events[0]?.detail).not.toHaveProperty('previousState');
    expect(events[0]).toMatchObject({
      'detail-type': 'CloudWatch Alarm Contributor State Change',
      resources: [FLEET_ARN],
      detail: {
        alarmContributor: { id: expect.stringMatching(/^[0-9a-f]{16}$/) },
        configuration: { metrics: [{ id: 'm1', returnData: true, period: 60 }] },
      },
    });
    forget();

    await later(SCALED_MINUTE_MS);
    expect(eventLines()).toEqual(['memory i-2 ALARM']);
    expect(await call('DescribeAlarmContributors', { AlarmName: 'memory' })).toMatchObject({
      AlarmContributors: [{ ContributorAttributes: { InstanceId: 'i-1' } }, { ContributorAttributes: { InstanceId: 'i-2' } }],
    });
  });

  it('lets a contributor that vanished go OK, and the alarm lack data', async () => {
    await putFleetAlarm();
    report(cloudwatch.metrics, memoryOf('i-1'), [95]);
    await later(150);
    forget();

    await later(4 * SCALED_MINUTE_MS);

    expect(eventLines()).toEqual(['memory i-1 OK', 'memory INSUFFICIENT_DATA']);
    expect(events[0]?.detail).toMatchObject({ state: { reason: 'No data was returned for this contributor' } });
    expect(cloudwatch.alarms()).toMatchObject([{ contributors: [] }]);
  });
});

describe('SetAlarmState', () => {
  it('holds for its time, then lets the evaluation decide', async () => {
    await putCpuAlarm();
    report(
      cloudwatch.metrics,
      { name: 'CPUUtilization', dimensions: { InstanceId: 'i-1' } },
      new Array(9).fill(10),
      NOON_MS + 8 * SCALED_MINUTE_MS,
    );

    await call('SetAlarmState', { AlarmName: 'cpu', StateValue: 'ALARM', StateReason: 'drill' });
    await later(HOLD_MS - 1);
    expect(eventLines()).toEqual(['cpu ALARM']);

    await later(1);
    expect(eventLines()).toEqual(['cpu ALARM', 'cpu OK']);
  });

  it.each([
    { case: 'every contributor that reports follows', data: undefined, expected: ['memory i-1 ALARM', 'memory i-2 ALARM', 'memory ALARM'] },
    { case: 'only the named ones follow', data: '{"contributors":[{"InstanceId":"i-2"}]}', expected: ['memory i-2 ALARM', 'memory ALARM'] },
  ])('of a GROUP BY alarm: $case', async ({ data, expected }) => {
    await putFleetAlarm();
    report(cloudwatch.metrics, memoryOf('i-1'), [40]);
    report(cloudwatch.metrics, memoryOf('i-2'), [40]);

    await call('SetAlarmState', { AlarmName: 'memory', StateValue: 'ALARM', StateReason: 'drill', StateReasonData: data });

    expect(eventLines()).toEqual(expected);
  });

  it('refuses an unknown alarm and reason data that is not JSON', async () => {
    await putCpuAlarm();
    const set = (AlarmName: string, StateReasonData?: string) =>
      call('SetAlarmState', { AlarmName, StateValue: 'OK', StateReason: 'x', StateReasonData });

    await expect(set('nobody')).rejects.toMatchObject({ code: 'ResourceNotFound' });
    await expect(set('cpu', '{')).rejects.toMatchObject({ code: 'ValidationError' });
  });
});

describe('a composite alarm', () => {
  const rule = { AlarmName: 'web', AlarmRule: 'ALARM("cpu") AND NOT (ALARM(deploying) OR FALSE)' };

  it('follows its children at once and names the one that changed it', async () => {
    await putCpuAlarm();
    await call('PutCompositeAlarm', rule);
    forget();

    await call('SetAlarmState', { AlarmName: 'cpu', StateValue: 'ALARM', StateReason: 'drill' });

    expect(eventLines()).toEqual(['cpu ALARM', 'web ALARM']);
    expect(events[1]?.detail).toMatchObject({
      configuration: { alarmRule: rule.AlarmRule },
      state: { reasonData: expect.stringContaining('triggeringAlarms') },
    });
  });

  it('keeps a state set by hand until a child changes', async () => {
    await putCpuAlarm();
    await call('PutCompositeAlarm', rule);
    await call('SetAlarmState', { AlarmName: 'web', StateValue: 'ALARM', StateReason: 'drill' });

    await later(10 * HOLD_MS);
    expect(cloudwatch.alarms()).toMatchObject([{}, { name: 'web', state: 'ALARM' }]);
    await call('SetAlarmState', { AlarmName: 'cpu', StateValue: 'OK', StateReason: 'drill' });
    expect(cloudwatch.alarms()).toMatchObject([{}, { name: 'web', state: 'OK' }]);
  });
});

describe('reading metrics', () => {
  const query = (minutes: number) =>
    call('GetMetricData', {
      StartTime: (nowMs - minutes * 60_000) / 1000,
      EndTime: new Date(nowMs).toISOString(),
      MetricDataQueries: [
        {
          Id: 'm1',
          MetricStat: {
            Metric: { Namespace: 'CWAgent', MetricName: 'mem_used_percent', Dimensions: [{ Name: 'InstanceId', Value: 'i-1' }] },
            Period: 60,
            Stat: 'Maximum',
          },
        },
        { Id: 'e1', Expression: 'm1 / 10' },
      ],
    });

  it('gives newest first, with math, for as many periods as the window has minutes', async () => {
    const Timestamp = new Date(NOON_MS - 100);
    await call('PutMetricData', {
      Namespace: 'CWAgent',
      MetricData: [
        { MetricName: 'mem_used_percent', Dimensions: [{ Name: 'InstanceId', Value: 'i-1' }], Timestamp, Value: 40, Unit: 'Percent' },
      ],
    });
    report(cloudwatch.metrics, memoryOf('i-1'), [30], NOON_MS - SCALED_MINUTE_MS);

    expect(await query(10)).toMatchObject({
      MetricDataResults: [
        { Id: 'm1', Values: [40, 30], StatusCode: 'Complete' },
        { Id: 'e1', Values: [4, 3] },
      ],
    });
  });

  it('does not find a series that stopped reporting ten periods ago', async () => {
    report(cloudwatch.metrics, memoryOf('i-1'), [30], NOON_MS - 10 * SCALED_MINUTE_MS);

    expect(await query(5)).toMatchObject({
      MetricDataResults: [
        { Id: 'm1', Values: [] },
        { Id: 'e1', Values: [] },
      ],
    });
  });
});

describe('alarms from CloudFormation', () => {
  it('gives a name to an unnamed alarm, keeps it on update and deletes it', async () => {
    const resource = cloudwatch.resources?.['AWS::CloudWatch::Alarm'];
    const identity = { stackName: 'SelfHealing', logicalId: 'WebCpu1A2B' };
    const properties = {
      Namespace: 'NS',
      MetricName: 'x',
      EvaluationPeriods: '3',
      Threshold: '5',
      Period: '60',
      Statistic: 'Sum',
      ComparisonOperator: 'LessThanThreshold',
    };

    const created = await resource?.create(properties, identity, upstream);
    const updated = await resource?.update(created?.physicalId ?? '', properties, identity, upstream);
    expect(created).toEqual({
      physicalId: expect.stringMatching(/^SelfHealing-WebCpu1A2B-/),
      attributes: { Arn: expect.stringContaining(':alarm:') },
    });
    expect(updated).toEqual(created);

    await resource?.delete(created?.physicalId ?? '', upstream);
    expect(cloudwatch.alarms()).toEqual([]);
  });
});
