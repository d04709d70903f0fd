import type { AlarmRecord, ContributorRecord, HistoryItem } from './alarm-record.ts';

/** One entry of DescribeAlarms. */
export function describeAlarm(record: AlarmRecord): Record<string, unknown> {
  const { state } = record;
  return {
    ...record.input,
    AlarmArn: record.arn,
    AlarmConfigurationUpdatedTimestamp: new Date(record.configuredAtMs),
    StateValue: state.value,
    StateReason: state.reason,
    ...(state.reasonData === undefined ? {} : { StateReasonData: state.reasonData }),
    StateUpdatedTimestamp: new Date(state.updatedAtMs),
    StateTransitionedTimestamp: new Date(state.transitionedAtMs),
    // AWS's own word for an alarm that it could not compute.
    ...(record.notEvaluated === undefined || record.kind === 'composite' ? {} : { EvaluationState: 'EVALUATION_FAILURE' }),
    ...(record.kind === 'composite' && record.suppressedBy
      ? { ActionsSuppressedBy: record.suppressedBy, ActionsSuppressedReason: `Actions suppressed by ${record.suppressedBy}` }
      : {}),
  };
}

/** One entry of DescribeAlarmContributors. */
export function describeContributor(contributor: ContributorRecord): Record<string, unknown> {
  return {
    ContributorId: contributor.id,
    ContributorAttributes: contributor.attributes,
    StateReason: contributor.reason,
    StateTransitionedTimestamp: new Date(contributor.transitionedAtMs),
  };
}

/** One entry of DescribeAlarmHistory. */
export function describeHistory(record: AlarmRecord, item: HistoryItem): Record<string, unknown> {
  return {
    AlarmName: record.input.AlarmName,
    AlarmType: record.kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm',
    Timestamp: new Date(item.atMs),
    HistoryItemType: item.type,
    HistorySummary: item.summary,
    HistoryData: item.data,
    ...(item.contributor ? { AlarmContributorId: item.contributor.id, AlarmContributorAttributes: item.contributor.attributes } : {}),
  };
}
