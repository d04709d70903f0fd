import { createHash } from 'node:crypto';
import type { AwsEvent } from '../../gateway/service.ts';
import { metricQueriesOf } from './alarm-definition.ts';
import type { AlarmRecord, ContributorRecord, MetricAlarmRecord, RecordedState } from './alarm-record.ts';
import { fromDimensionList } from './dimensions.ts';
import { isInsightsQuery } from './insights-query.ts';
import { type MetricQuery, periodSecondsOf } from './metric-query.ts';
import { alarmTimestamp } from './state-reason.ts';

/** `CloudWatch Alarm State Change`, as AWS sends it for metric and composite alarms. */
export function stateChangeEvent(record: AlarmRecord, previous: RecordedState): AwsEvent {
  const suppression =
    record.kind === 'composite' && record.suppressedBy
      ? { actionsSuppressedBy: record.suppressedBy, actionsSuppressedReason: `Actions suppressed by ${record.suppressedBy}` }
      : {};
  return {
    source: 'aws.cloudwatch',
    'detail-type': 'CloudWatch Alarm State Change',
    resources: [record.arn],
    detail: {
      alarmName: record.input.AlarmName,
      state: { ...stateOf(record.state), ...suppression },
      previousState: stateOf(previous),
      configuration: configurationOf(record),
    },
  };
}

/** `CloudWatch Alarm Contributor State Change`: no previous state and no reason data, as on AWS. */
export function contributorChangeEvent(record: MetricAlarmRecord, contributor: ContributorRecord): AwsEvent {
  return {
    source: 'aws.cloudwatch',
    'detail-type': 'CloudWatch Alarm Contributor State Change',
    resources: [record.arn],
    detail: {
      alarmName: record.input.AlarmName,
      alarmContributor: { id: contributor.id, attributes: contributor.attributes },
      state: { value: contributor.value, reason: contributor.reason, timestamp: alarmTimestamp(contributor.transitionedAtMs) },
      configuration: configurationOf(record),
    },
  };
}

function stateOf(state: RecordedState): Record<string, unknown> {
  return {
    value: state.value,
    reason: state.reason,
    ...(state.reasonData === undefined ? {} : { reasonData: state.reasonData }),
    timestamp: alarmTimestamp(state.updatedAtMs),
  };
}

function configurationOf(record: AlarmRecord): Record<string, unknown> {
  const { input } = record;
  const description = input.AlarmDescription === undefined ? {} : { description: input.AlarmDescription };
  if (record.kind === 'metric') {
    const queries = metricQueriesOf(record.input, uuidOf(record.arn));
    return { ...description, metrics: queries.map((query) => metricOf(query, periodSecondsOf(queries))) };
  }
  const { AlarmRule, ActionsSuppressor, ActionsSuppressorWaitPeriod, ActionsSuppressorExtensionPeriod } = record.input;
  return {
    ...description,
    alarmRule: AlarmRule,
    ...(ActionsSuppressor === undefined ? {} : { actionsSuppressor: ActionsSuppressor }),
    ...(ActionsSuppressorWaitPeriod === undefined ? {} : { actionsSuppressorWaitPeriod: ActionsSuppressorWaitPeriod }),
    ...(ActionsSuppressorExtensionPeriod === undefined ? {} : { actionsSuppressorExtensionPeriod: ActionsSuppressorExtensionPeriod }),
  };
}

function metricOf(query: MetricQuery, periodSeconds: number): Record<string, unknown> {
  const { Id, Expression, Label, MetricStat, ReturnData } = query;
  const label = Label === undefined ? {} : { label: Label };
  if (!MetricStat) {
    const period = query.Period !== undefined || isInsightsQuery(Expression ?? '') ? { period: query.Period ?? periodSeconds } : {};
    return { id: Id, expression: Expression, ...label, returnData: ReturnData, ...period };
  }
  const { Namespace, MetricName, Dimensions } = MetricStat.Metric;
  return {
    id: Id,
    metricStat: {
      metric: { namespace: Namespace, name: MetricName, dimensions: fromDimensionList(Dimensions) },
      period: MetricStat.Period,
      stat: MetricStat.Stat,
      ...(MetricStat.Unit === undefined ? {} : { unit: MetricStat.Unit }),
    },
    ...label,
    returnData: ReturnData,
  };
}

/** The id that AWS invents for an alarm's only metric; here the same for the same alarm. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
