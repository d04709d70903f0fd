import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { NOW } from '@self-healing/simulation/builders.ts';
import { expect, it } from 'vitest';
import { alarms } from '../../../lambdas/adapters/cloudwatch/alarms.ts';

const idOf = (number: number) => `i-0${String(number).padStart(16, '0')}`;
const query = 'SELECT MAX("mem_used_percent") FROM SCHEMA("CWAgent", "InstanceId") GROUP BY "InstanceId" ORDER BY MAX() DESC';

interface Fleet {
  /** Instances whose series breach; CloudWatch lists the first hundred. */
  readonly ill: number;
  readonly well: number;
  readonly expression?: string;
  readonly comparison?: string;
  /** What the alarm groups by beside the instance. */
  readonly besides?: Readonly<Record<string, string>>;
}

/** CloudWatch as its documentation has it: a list that ends at a hundred, and a query that sees 500 series. */
function cloudwatch({ ill, well, expression = query, comparison = 'GreaterThanThreshold', besides = {} }: Fleet) {
  const calls: string[] = [];
  const answers: Readonly<Record<string, (input: { NextToken?: string }) => object>> = {
    DescribeAlarmContributorsCommand: () => ({
      AlarmContributors: Array.from({ length: Math.min(ill, 100) }, (_, number) => ({
        ContributorId: `c${number}`,
        ContributorAttributes: { InstanceId: idOf(number), ...besides },
        StateTransitionedTimestamp: new Date(NOW - 1_000),
      })),
    }),
    DescribeAlarmsCommand: () => ({
      MetricAlarms: [
        {
          AlarmName: 'fleet',
          Metrics: [{ Id: 'm', Expression: expression, Period: 60 }],
          Threshold: 90,
          ComparisonOperator: comparison,
          EvaluationPeriods: 2,
          StateTransitionedTimestamp: new Date(NOW - 60_000),
        },
      ],
    }),
    GetMetricDataCommand: ({ NextToken = '0' }) => {
      const from = Number(NextToken);
      const all = Array.from({ length: Math.min(ill + well, 500) }, (_, number) => ({
        Label: idOf(number),
        StatusCode: 'Complete',
        Timestamps: [new Date(NOW - 60_000), new Date(NOW - 120_000)],
        Values: number < ill ? [95, 96] : [40, 95],
      }));
      return { MetricDataResults: all.slice(from, from + 200), ...(from + 200 < all.length && { NextToken: String(from + 200) }) };
    },
  };
  const client = {
    send: async ({ constructor: { name }, input }: { constructor: { name: string }; input: { NextToken?: string } }) => {
      calls.push(name);
      return answers[name]?.(input);
    },
  } as unknown as CloudWatchClient;
  return { calls, inAlarm: () => alarms(client, () => NOW).contributorsInAlarm('fleet') };
}

it('contributors that fit into the list are read from it alone', async () => {
  const { calls, inAlarm } = cloudwatch({ ill: 99, well: 300 });
  const { contributors, complete } = await inAlarm();
  expect([contributors.length, complete, calls]).toEqual([99, true, ['DescribeAlarmContributorsCommand']]);
});

it('a contributor has the same attributes as in its event, which leaves out what is no name', async () => {
  const { contributors } = await cloudwatch({ ill: 1, well: 0, besides: { path: '', message: 'one\ntwo', zone: 'a' } }).inAlarm();
  expect(contributors.map(({ attributes }) => attributes)).toEqual([{ InstanceId: idOf(0), zone: 'a' }]);
});

it.each([100, 101, 250, 400])('of %d contributors in ALARM none is overlooked', async (ill) => {
  const { contributors, complete } = await cloudwatch({ ill, well: 50 }).inAlarm();
  expect(complete).toBe(true);
  expect(contributors.map(({ attributes }) => attributes.InstanceId).toSorted()).toEqual(
    Array.from({ length: ill }, (_, number) => idOf(number)).toSorted(),
  );
});

it('one that the list leaves out has the instance as its id, and the time of the alarm', async () => {
  const { contributors } = await cloudwatch({ ill: 150, well: 50 }).inAlarm();
  expect(contributors.at(-1)).toMatchObject({ id: idOf(149), attributes: { InstanceId: idOf(149) }, since: NOW - 60_000 });
});

it.each([
  ['of more series than a query answers', { ill: 150, well: 600 }],
  [
    'whose query groups by more than the instance',
    { ill: 150, well: 0, expression: query.replace('"InstanceId" ORDER', '"InstanceId", "path" ORDER') },
  ],
  ['that compares with a band', { ill: 150, well: 0, comparison: 'GreaterThanUpperThreshold' }],
])('an alarm %s is not said to be read completely', async (_, fleet) => {
  const { contributors, complete } = await cloudwatch(fleet).inAlarm();
  expect([contributors.length >= 100, complete]).toEqual([true, false]);
});
