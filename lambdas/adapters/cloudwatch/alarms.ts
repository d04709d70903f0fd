import {
  CloudWatchClient,
  type CompositeAlarm,
  DescribeAlarmContributorsCommand,
  DescribeAlarmsCommand,
  GetAlarmMuteRuleCommand,
  GetMetricDataCommand,
  ListAlarmMuteRulesCommand,
  type LogAlarm,
  type MetricAlarm,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import type { Instant } from '../../core/duration.ts';
import { fitAttributes } from '../../core/fit-attributes.ts';
import type { ProofMetric } from '../../core/policy.ts';
import type { AlarmInAlarm, AlarmState, Alarms, DescribedAlarm } from '../../core/ports.ts';
import { reading } from '../aws-call.ts';
import { unlistedContributors } from './unlisted-contributors.ts';

/** CloudWatch lists no more contributors in ALARM than this; beyond it the series are read by the alarm's own query. */
const MOST_CONTRIBUTORS = 100;

/** Alarms and the metrics that prove a series still reports, read only. */
export function alarms(client = new CloudWatchClient({}), clock: () => Instant = Date.now): Alarms {
  return {
    async state(alarmName) {
      const command = new DescribeAlarmsCommand({ AlarmNames: [alarmName], AlarmTypes: ['MetricAlarm', 'CompositeAlarm', 'LogAlarm'] });
      const answer = await reading('describe the alarm', () => client.send(command));
      const alarm = answer.MetricAlarms?.[0] ?? answer.CompositeAlarms?.[0] ?? answer.LogAlarms?.[0];
      const since = alarm?.StateTransitionedTimestamp?.getTime();
      return (
        alarm && {
          state: (alarm.StateValue ?? 'INSUFFICIENT_DATA') as AlarmState,
          reason: alarm.StateReason ?? '',
          ...(since !== undefined && { since }),
          ...('EvaluationState' in alarm && alarm.EvaluationState && { evaluation: alarm.EvaluationState }),
          ...quietIn(alarm),
        }
      );
    },

    isMuted: async (alarmName) => (await activeMuteRules(client, alarmName)).length > 0,

    async contributorsInAlarm(alarmName) {
      const contributors = [];
      let NextToken: string | undefined;
      do {
        const command = new DescribeAlarmContributorsCommand({ AlarmName: alarmName, NextToken });
        const page = await reading('describe the contributors', () => client.send(command));
        for (const contributor of page.AlarmContributors ?? []) {
          contributors.push({
            id: contributor.ContributorId ?? '',
            attributes: fitAttributes(contributor.ContributorAttributes ?? {}),
            since: contributor.StateTransitionedTimestamp?.getTime() ?? Number.NaN,
            reason: contributor.StateReason ?? '',
          });
        }
        NextToken = page.NextToken;
      } while (NextToken);
      if (contributors.length < MOST_CONTRIBUTORS) return { contributors, complete: true };
      const { unlisted, complete } = await unlistedContributors(
        alarmName,
        new Set(contributors.map(({ attributes }) => attributes.InstanceId)),
        client,
        clock(),
      );
      return { contributors: [...contributors, ...unlisted], complete };
    },

    inAlarm: (alarmNames) => alarmsInAlarm(alarmNames, client),

    async lastReport({ dimensions: more, ...proof }, dimensions, since, now) {
      const command = new GetMetricDataCommand({
        StartTime: new Date(since),
        EndTime: new Date(now),
        MetricDataQueries: [{ Id: 'proof', ...proofQuery({ ...proof, dimensions: { ...more, ...dimensions } }) }],
      });
      const answer = await reading('read the metric', () => client.send(command));
      const times = (answer.MetricDataResults?.[0]?.Timestamps ?? []).map((timestamp) => timestamp.getTime());
      return times.length > 0 ? Math.max(...times) : undefined;
    },

    async values(metrics, since, now) {
      const queries = metrics.map(({ namespace, metric, dimensions }, index) => ({
        Id: `m${index}`,
        MetricStat: {
          Metric: {
            Namespace: namespace,
            MetricName: metric,
            Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
          },
          Period: 60,
          Stat: 'Minimum',
        },
      }));
      const found = new Map<string, { readonly at: number; readonly value: number }[]>();
      let NextToken: string | undefined;
      do {
        const command = new GetMetricDataCommand({
          StartTime: new Date(since),
          EndTime: new Date(now),
          MetricDataQueries: queries,
          ScanBy: 'TimestampAscending',
          NextToken,
        });
        const page = await reading('read the metrics', () => client.send(command));
        for (const { Id = '', Timestamps = [], Values = [] } of page.MetricDataResults ?? []) {
          const values = Timestamps.map((timestamp, index) => ({ at: timestamp.getTime(), value: Values[index] ?? Number.NaN }));
          found.set(Id, [...(found.get(Id) ?? []), ...values]);
        }
        NextToken = page.NextToken;
      } while (NextToken);
      return queries.map(({ Id }) => (found.get(Id) ?? []).toSorted((left, right) => left.at - right.at));
    },
  };
}

/** How many datapoints a series has. By name a metric is found only with the values of all of its dimensions; a query needs their names. */
function proofQuery({ namespace, metric, dimensions, unasked }: Omit<ProofMetric, 'within'>): Omit<MetricDataQuery, 'Id'> {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  if (!unasked)
    return { MetricStat: { Metric: { Namespace: namespace, MetricName: metric, Dimensions }, Period: 60, Stat: 'SampleCount' } };
  const schema = [namespace, ...Object.keys(dimensions), ...unasked].map((name) => `"${name}"`).join(', ');
  const where = Object.entries(dimensions).map(([name, value]) => `"${name}" = '${value}'`);
  return { Expression: `SELECT COUNT("${metric}") FROM SCHEMA(${schema}) WHERE ${where.join(' AND ')}`, Period: 60 };
}

/** CloudWatch describes at most as many alarms by name in one call. */
const NAMES_A_CALL = 100;

type Described = MetricAlarm & CompositeAlarm & LogAlarm;

/** What its description says of why the alarm's actions are not taken. */
function quietIn({ ActionsEnabled, ActionsSuppressedBy }: Partial<Described>): Pick<DescribedAlarm, 'disabled' | 'suppressed'> {
  return {
    ...(ActionsEnabled === false && { disabled: true }),
    ...(ActionsSuppressedBy !== undefined && { suppressed: ActionsSuppressedBy === 'WaitPeriod' ? 'perhaps' : true }),
  };
}

/** Those of the alarms that are in ALARM: one call for each hundred names, and what it takes to know which of them are muted. */
async function alarmsInAlarm(names: readonly string[], client: CloudWatchClient): Promise<readonly AlarmInAlarm[]> {
  const described: Described[] = [];
  for (let from = 0; from < names.length; from += NAMES_A_CALL) {
    described.push(...(await describe(names.slice(from, from + NAMES_A_CALL), client)));
  }
  const muted = await mutedAmong(
    described.map(({ AlarmName = '' }) => AlarmName),
    client,
  );
  return described.map((alarm) => ({
    alarmName: alarm.AlarmName ?? '',
    since: alarm.StateTransitionedTimestamp?.getTime() ?? Number.NaN,
    reason: alarm.StateReason ?? '',
    manySeries: watchesManySeries(alarm),
    quieted: Object.keys(quietIn(alarm)).length > 0 || muted.has(alarm.AlarmName ?? ''),
  }));
}

async function describe(AlarmNames: string[], client: CloudWatchClient): Promise<readonly Described[]> {
  const found: Described[] = [];
  let NextToken: string | undefined;
  do {
    const command = new DescribeAlarmsCommand({
      AlarmNames,
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm', 'LogAlarm'],
      StateValue: 'ALARM',
      MaxRecords: NAMES_A_CALL,
      NextToken,
    });
    const page = await reading('describe the alarms', () => client.send(command));
    found.push(...((page.MetricAlarms ?? []) as Described[]), ...((page.CompositeAlarms ?? []) as Described[]));
    found.push(...((page.LogAlarms ?? []) as Described[]));
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
}

/** Metrics Insights and log alarms can have a series for each value of what they group by; only asking tells for the latter. */
function watchesManySeries({ Metrics, ScheduledQueryConfiguration }: Described): boolean {
  return ScheduledQueryConfiguration !== undefined || (Metrics ?? []).some(({ Expression }) => /\bGROUP\s+BY\b/i.test(Expression ?? ''));
}

/** Those of the alarms that an active mute rule names. Of one alone the list says so; of several each rule must be read. */
async function mutedAmong(names: readonly string[], client: CloudWatchClient): Promise<ReadonlySet<string>> {
  const [only, ...others] = names;
  if (only === undefined) return new Set();
  if (others.length === 0) return new Set((await activeMuteRules(client, only)).length > 0 ? [only] : []);
  const muted = new Set<string>();
  for (const AlarmMuteRuleName of await activeMuteRules(client)) {
    const rule = await reading('read the mute rule', () => client.send(new GetAlarmMuteRuleCommand({ AlarmMuteRuleName })));
    for (const name of rule.MuteTargets?.AlarmNames ?? []) muted.add(name);
  }
  return muted;
}

/** The names of the mute rules that are active now. @param AlarmName of those that name this alarm. @default - of all */
async function activeMuteRules(client: CloudWatchClient, AlarmName?: string): Promise<readonly string[]> {
  const found: string[] = [];
  let NextToken: string | undefined;
  do {
    const command = new ListAlarmMuteRulesCommand({ Statuses: ['ACTIVE'], AlarmName, NextToken });
    const page = await reading('list the mute rules', () => client.send(command));
    found.push(...(page.AlarmMuteRuleSummaries ?? []).map(({ AlarmMuteRuleArn = '' }) => AlarmMuteRuleArn.split(':').at(-1) ?? ''));
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
}
