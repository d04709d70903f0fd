import { CloudWatchClient, PutMetricAlarmCommand, PutMetricDataCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { createCloudWatch } from '@self-healing/local-aws/services/cloudwatch.ts';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { MINUTE, SECOND } from '@self-healing/simulation/builders.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alarms } from '../../lambdas/adapters/cloudwatch/alarms.ts';
import type { Alarms } from '../../lambdas/core/ports.ts';

const SINGLE = 'contract-cpu';
const FLEET = 'contract-fleet';

const cloudwatch = createCloudWatch({ handSetHoldMs: MINUTE });
let aws: SharedAws;
let client: CloudWatchClient;
let port: Alarms;

beforeAll(async () => {
  aws = await openSharedAws([cloudwatch]);
  client = new CloudWatchClient(aws.client);
  port = alarms(client);
  const judged = { EvaluationPeriods: 1, Threshold: 90, ComparisonOperator: 'GreaterThanThreshold' as const };
  const metric = { Namespace: 'Contract', MetricName: 'Used', Statistic: 'Average' as const, Period: 60 };
  await client.send(new PutMetricAlarmCommand({ AlarmName: SINGLE, ...metric, ...judged }));
  const Expression = 'SELECT MAX(Used) FROM SCHEMA("Contract", InstanceId) GROUP BY InstanceId ORDER BY MAX() DESC';
  await client.send(
    new PutMetricAlarmCommand({ AlarmName: FLEET, Metrics: [{ Id: 'fleet', Expression, Period: 60, ReturnData: true }], ...judged }),
  );
});
afterAll(() => aws.close());

function put(Value: number, dimensions: Record<string, string>): Promise<unknown> {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  const MetricData = [{ MetricName: 'Used', Dimensions, Value, Timestamp: new Date() }];
  return client.send(new PutMetricDataCommand({ Namespace: 'Contract', MetricData }));
}

describe('the state of an alarm', () => {
  it('is insufficient data before anything was measured', async () => {
    expect((await port.state(SINGLE))?.state).toBe('INSUFFICIENT_DATA');
  });

  it.each(['ALARM', 'OK'] as const)('is %s with its reason, and since when', async (StateValue) => {
    await client.send(new SetAlarmStateCommand({ AlarmName: SINGLE, StateValue, StateReason: `drill: ${StateValue}` }));
    expect(await port.state(SINGLE)).toEqual({ state: StateValue, reason: `drill: ${StateValue}`, since: expect.any(Number) });
  });

  it('that does not exist is undefined, also when its name begins like one that does', async () => {
    expect(await port.state('contract-nothing')).toBeUndefined();
    expect(await port.state('contract')).toBeUndefined();
  });
});

it.each(['MetricAlarms', 'CompositeAlarms', 'LogAlarms'])('the state is read of %s', async (kind) => {
  const asked: unknown[] = [];
  const simulated = {
    service: 'monitoring',
    note: 'one alarm of the kind that the test says',
    actions: {
      DescribeAlarms: async ({ AlarmTypes }: { AlarmTypes?: unknown }) => {
        asked.push(AlarmTypes);
        return { [kind]: [{ AlarmName: 'of-this-kind', StateValue: 'ALARM', StateReason: 'so it is' }] };
      },
    },
  };
  const gateway = await openSharedAws([simulated]);
  try {
    expect(await alarms(new CloudWatchClient(gateway.client)).state('of-this-kind')).toEqual({ state: 'ALARM', reason: 'so it is' });
    // DescribeAlarms lists the kinds that it is asked for, and without a list only metric alarms.
    expect(asked).toEqual([expect.arrayContaining([kind.slice(0, -1)])]);
  } finally {
    await gateway.close();
  }
});

it('alarms that an active mute rule names, and composites whose actions are suppressed, are in ALARM and quieted', async () => {
  const since = new Date('2026-11-02T10:20:00.123Z');
  const inAlarm = (AlarmName: string) => ({ AlarmName, StateValue: 'ALARM', StateReason: 'so it is', StateTransitionedTimestamp: since });
  const scheduledQuery = {
    QueryString: 'fields @message',
    AggregationExpression: 'count(*)',
    ScheduledQueryRoleARN: 'arn:aws:iam::000000000000:role/query',
    ScheduleConfiguration: { ScheduleExpression: 'rate(5 minutes)', StartTimeOffset: 600 },
  };
  const ruleArn = 'arn:aws:cloudwatch:us-east-1:000000000000:alarm-mute-rule:night';
  const simulated = {
    service: 'monitoring',
    note: 'an alarm of each kind, one of them muted by a rule, one suppressed',
    actions: {
      DescribeAlarms: async () => ({
        MetricAlarms: [inAlarm('muted'), inAlarm('loud')],
        CompositeAlarms: [{ ...inAlarm('suppressed'), ActionsSuppressedBy: 'Alarm' }],
        LogAlarms: [{ ...inAlarm('log'), ScheduledQueryConfiguration: scheduledQuery }],
      }),
      ListAlarmMuteRules: async ({ Statuses }: { Statuses?: unknown }) => ({
        AlarmMuteRuleSummaries: JSON.stringify(Statuses) === '["ACTIVE"]' ? [{ AlarmMuteRuleArn: ruleArn, Status: 'ACTIVE' }] : [],
      }),
      GetAlarmMuteRule: async ({ AlarmMuteRuleName }: { AlarmMuteRuleName?: unknown }) => ({
        MuteTargets: { AlarmNames: AlarmMuteRuleName === 'night' ? ['muted'] : [] },
      }),
    },
  };
  const gateway = await openSharedAws([simulated]);
  try {
    const found = await alarms(new CloudWatchClient(gateway.client)).inAlarm(['muted', 'loud', 'suppressed', 'log']);
    expect(found.map(({ alarmName, quieted, manySeries }) => [alarmName, quieted, manySeries])).toEqual([
      ['muted', true, false],
      ['loud', false, false],
      ['suppressed', true, false],
      ['log', false, true],
    ]);
    expect(new Set(found.map((alarm) => alarm.since))).toEqual(new Set([since.getTime()]));
  } finally {
    await gateway.close();
  }
});

/** CloudWatch with one alarm, and with these mute rules: by the alarm that each names, in its second page of the list. */
async function simulatedAlarm(alarm: Readonly<Record<string, unknown>>, rules: readonly string[]) {
  const since = new Date('2026-11-02T10:20:00.123Z');
  const asked: string[] = [];
  const kind = 'EvaluationState' in alarm ? 'MetricAlarms' : 'CompositeAlarms';
  const gateway = await openSharedAws([
    {
      service: 'monitoring',
      note: 'one alarm, and rules of which the second page of the list has those that name it',
      actions: {
        DescribeAlarms: async () => ({
          [kind]: [{ AlarmName: 'web', StateValue: 'ALARM', StateTransitionedTimestamp: since, ...alarm }],
        }),
        ListAlarmMuteRules: async ({ AlarmName, Statuses, NextToken }: Readonly<Record<string, unknown>>) => {
          asked.push(`${AlarmName} ${JSON.stringify(Statuses)}`);
          if (NextToken === undefined) return { AlarmMuteRuleSummaries: [], NextToken: 'more' };
          const found = rules.filter((name) => name === AlarmName);
          return {
            AlarmMuteRuleSummaries: found.map(() => ({ AlarmMuteRuleArn: 'arn:aws:cloudwatch:us-east-1:0:alarm-mute-rule:night' })),
          };
        },
      },
    },
  ]);
  return { asked, gateway, port: alarms(new CloudWatchClient(gateway.client)) };
}

it.each<[string, Readonly<Record<string, unknown>>, object]>([
  ['whose actions are disabled', { ActionsEnabled: false }, { disabled: true }],
  ['whose actions another one suppresses', { ActionsEnabled: true, ActionsSuppressedBy: 'Alarm' }, { suppressed: true }],
  ['whose suppressor CloudWatch waits for', { ActionsEnabled: true, ActionsSuppressedBy: 'WaitPeriod' }, { suppressed: 'perhaps' }],
  ['whose actions are taken', { ActionsEnabled: true }, {}],
  ['of which CloudWatch does not read all', { EvaluationState: 'PARTIAL_DATA' }, { evaluation: 'PARTIAL_DATA' }],
])('an alarm %s says so', async (_, alarm, quiet) => {
  const { gateway, port: own } = await simulatedAlarm(alarm, []);
  try {
    expect(await own.state('web')).toEqual({ state: 'ALARM', reason: '', since: expect.any(Number), ...quiet });
  } finally {
    await gateway.close();
  }
});

it.each([
  ['is muted by an active rule that names it', ['web'], true],
  ['is not by one that names another', ['other'], false],
])('one alarm %s, without a look at each rule', async (_, rules, muted) => {
  const { asked, gateway, port: own } = await simulatedAlarm({}, rules);
  try {
    expect(await own.isMuted('web')).toBe(muted);
    expect(await own.inAlarm(['web'])).toMatchObject([{ alarmName: 'web', quieted: muted }]);
    expect(new Set(asked)).toEqual(new Set(['web ["ACTIVE"]']));
  } finally {
    await gateway.close();
  }
});

describe('the alarms that are in ALARM', () => {
  const set = (StateValue: 'ALARM' | 'OK') =>
    client.send(new SetAlarmStateCommand({ AlarmName: SINGLE, StateValue, StateReason: `drill: ${StateValue}` }));

  it('are those of the names, with the moment and the reason of the change', async () => {
    await set('OK');
    const before = Date.now();
    await set('ALARM');
    const [alarm, ...more] = await port.inAlarm([SINGLE, FLEET, 'contract-nothing']);
    expect(more).toEqual([]);
    expect(alarm).toMatchObject({ alarmName: SINGLE, reason: 'drill: ALARM', manySeries: false, quieted: false });
    expect(alarm?.since).toBeGreaterThanOrEqual(before - SECOND);
    expect(alarm?.since).toBeLessThanOrEqual(Date.now());
  });

  it('say the same moment again and again, though their reason is written anew', async () => {
    await set('ALARM');
    const [first] = await port.inAlarm([SINGLE]);
    await client.send(new SetAlarmStateCommand({ AlarmName: SINGLE, StateValue: 'ALARM', StateReason: 'another reason' }));
    const [second] = await port.inAlarm([SINGLE]);
    expect([second?.since, second?.reason]).toEqual([first?.since, 'another reason']);
  });

  it('are asked for by a hundred names a call', async () => {
    await set('ALARM');
    const calls = aws.count('DescribeAlarms');
    const names = [...Array.from({ length: 249 }, (_, number) => `contract-none-${number}`), SINGLE];
    expect(await port.inAlarm(names)).toHaveLength(1);
    expect(aws.count('DescribeAlarms')).toBe(calls + 3);
  });

  it('are none when none is', async () => {
    await set('OK');
    expect(await port.inAlarm([SINGLE])).toEqual([]);
    expect(await port.inAlarm([])).toEqual([]);
  });
});

describe('contributors in ALARM', () => {
  it('are the members above the threshold, and no others', async () => {
    await put(97, { InstanceId: 'i-0000000a' });
    await put(20, { InstanceId: 'i-0000000b' });
    await expect
      .poll(
        async () => {
          await cloudwatch.evaluateNow(aws.upstream);
          return (await port.contributorsInAlarm(FLEET)).contributors;
        },
        { timeout: 60_000, interval: 200 },
      )
      .toEqual([
        {
          id: expect.stringMatching(/^[0-9a-f]{16}$/),
          attributes: { InstanceId: 'i-0000000a' },
          since: expect.any(Number),
          reason: expect.stringMatching(/^Threshold Crossed/),
        },
      ]);
    expect(await port.inAlarm([FLEET])).toMatchObject([{ alarmName: FLEET, manySeries: true }]);
    expect((await port.contributorsInAlarm(FLEET)).complete).toBe(true);
  });

  it('of an alarm that does not exist are no answer at all', async () => {
    await expect(port.contributorsInAlarm('contract-nothing')).rejects.toMatchObject({ name: 'TargetGone' });
  });
});

describe('the last report of a series', () => {
  const proof = { namespace: 'Contract', metric: 'Used', dimensions: { path: '/' }, within: { minutes: 5 } };
  const lastReport = (InstanceId: string, since: number) => port.lastReport(proof, { InstanceId }, since, Date.now() + SECOND);

  it('is the minute of the newest datapoint with exactly these dimensions since the moment', async () => {
    const before = Date.now() - MINUTE;
    await put(1, { InstanceId: 'i-0000000c', path: '/' });
    await put(1, { InstanceId: 'i-0000000d', path: '/data' });
    await put(1, { InstanceId: 'i-0000000e' });
    // Datapoints belong to the beginning of their period, here of two seconds.
    expect(await lastReport('i-0000000c', before)).toBeGreaterThan(before + MINUTE - 3 * SECOND);
    expect(await lastReport('i-0000000c', before)).toBeLessThanOrEqual(Date.now());
    expect(await lastReport('i-0000000d', before)).toBeUndefined();
    expect(await lastReport('i-0000000e', before)).toBeUndefined();
    const later = Date.now() + 5 * SECOND;
    expect(await port.lastReport(proof, { InstanceId: 'i-0000000c' }, later, later + 5 * SECOND)).toBeUndefined();
  });
});

describe('the values of metrics', () => {
  it('come in the order of the metrics, oldest first, the lowest of each minute', async () => {
    const since = Date.now() - MINUTE;
    await put(12, { Database: 'orders' });
    await put(7, { Database: 'orders' });
    await put(3, { Database: 'stock' });
    const name = (database: string) => ({ namespace: 'Contract', metric: 'Used', dimensions: { Database: database } });
    const [stock = [], nobody = [], orders = []] = await port.values(['stock', 'nobody', 'orders'].map(name), since, Date.now() + SECOND);
    expect(stock.map(({ value }) => value)).toEqual([3]);
    expect(nobody).toEqual([]);
    expect(orders.map(({ value }) => value)).toContain(7);
    expect(orders.map(({ at }) => at)).toEqual(orders.map(({ at }) => at).toSorted());
    for (const { at } of orders) expect(at).toBeGreaterThan(since - 2 * SECOND);
  });
});
