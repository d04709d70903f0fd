import {
  type CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { isBreaching } from '../../core/breaching-series.ts';
import type { Instant } from '../../core/duration.ts';
import type { MetricValue } from '../../core/ports.ts';
import { reading } from '../aws-call.ts';

/** Series of one answer of a query; of more than these CloudWatch says nothing. */
const MOST_SERIES = 500;

/** Beyond what the alarm itself looks at, since agents send late. */
const LATE_MINUTES = 5;

/** The instances whose series breach and which the full list of contributors leaves out. They have no ids, so that their own names serve. */
export async function unlistedContributors(
  alarmName: string,
  listed: ReadonlySet<string | undefined>,
  client: CloudWatchClient,
  now: Instant,
) {
  const nothing = { unlisted: [], complete: false };
  const command = new DescribeAlarmsCommand({ AlarmNames: [alarmName], AlarmTypes: ['MetricAlarm'] });
  const { MetricAlarms: [alarm] = [] } = await reading('describe the alarm', () => client.send(command));
  const { Metrics: [query, ...others] = [], Threshold, ComparisonOperator = '', EvaluationPeriods = 1 } = alarm ?? {};
  const { Expression, Period = 60 } = query ?? {};
  // Of what else a query may group by its answer has no names that could be told apart.
  if (!alarm || others.length > 0 || Threshold === undefined || !/\bGROUP BY "?InstanceId"?\s*(ORDER\b|$)/i.test(Expression ?? ''))
    return nothing;
  const series = await seriesOf(
    {
      StartTime: new Date(now - (EvaluationPeriods * Period + LATE_MINUTES * 60) * 1_000),
      EndTime: new Date(now),
      MetricDataQueries: [{ Id: 'series', Expression, Period }],
    },
    client,
  );
  if (!series || series.size >= MOST_SERIES) return nothing;
  const rule = {
    ...{ threshold: Threshold, comparison: ComparisonOperator, periods: EvaluationPeriods },
    datapoints: alarm.DatapointsToAlarm ?? EvaluationPeriods,
  };
  // The alarm's own change: when the series itself began to breach may be longer ago than is asked for.
  const since = alarm.StateTransitionedTimestamp?.getTime() ?? Number.NaN;
  const judged = new Map([...series].map(([id, values]) => [id, isBreaching(values, rule)]));
  if ([...judged.values()].includes(undefined)) return nothing;
  const unlisted = [...judged].flatMap(([InstanceId, breaching]) =>
    !listed.has(InstanceId) && breaching
      ? [
          {
            id: InstanceId,
            attributes: { InstanceId },
            since,
            reason: 'Its series breaches; CloudWatch lists no more than 100 contributors.',
          },
        ]
      : [],
  );
  return { unlisted, complete: true };
}

/** The datapoints by instance; undefined where CloudWatch did not read all of them. */
async function seriesOf(
  query: Pick<GetMetricDataCommandInput, 'StartTime' | 'EndTime' | 'MetricDataQueries'>,
  client: CloudWatchClient,
): Promise<ReadonlyMap<string, readonly MetricValue[]> | undefined> {
  const found = new Map<string, readonly MetricValue[]>();
  let NextToken: string | undefined;
  do {
    const page = await reading('read the series of the alarm', () => client.send(new GetMetricDataCommand({ ...query, NextToken })));
    for (const { Label = '', Timestamps = [], Values = [], StatusCode } of page.MetricDataResults ?? []) {
      const [id] = /i-[0-9a-f]+/.exec(Label) ?? [];
      if (id === undefined || StatusCode === 'InternalError' || StatusCode === 'Forbidden') return undefined;
      const values = Timestamps.map((timestamp, index) => ({ at: timestamp.getTime(), value: Values[index] ?? Number.NaN }));
      found.set(id, [...(found.get(id) ?? []), ...values]);
    }
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
}
