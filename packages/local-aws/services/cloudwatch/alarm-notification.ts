import type { Upstream } from '../../gateway/service.ts';
import type { AlarmRecord, ContributorRecord, RecordedState } from './alarm-record.ts';
import { alarmTimestamp } from './state-reason.ts';

/** Account and Region that ARNs and messages name. */
export interface AccountRegion {
  readonly accountId: string;
  readonly region: string;
}

/** The alarm's actions for its present state that are SNS topics; other kinds of action are not simulated. */
export function topicsToNotify(record: AlarmRecord, value: RecordedState['value']): readonly string[] {
  const { ActionsEnabled, OKActions, AlarmActions, InsufficientDataActions } = record.input;
  if (!ActionsEnabled || (record.kind === 'composite' && record.suppressedBy)) return [];
  const actions = { OK: OKActions, ALARM: AlarmActions, INSUFFICIENT_DATA: InsufficientDataActions }[value];
  return actions.filter((arn) => arn.split(':')[2] === 'sns');
}

/** Publishes CloudWatch's notification to one topic. */
export async function notifyTopic(
  upstream: Upstream,
  topicArn: string,
  record: AlarmRecord,
  previous: RecordedState,
  place: AccountRegion,
  contributor?: ContributorRecord,
): Promise<void> {
  const state = contributor ? contributor.value : record.state.value;
  await upstream.call('sns', 'Publish', {
    TopicArn: topicArn,
    Subject: `${state}: "${record.input.AlarmName}" in ${place.region}`.slice(0, 99),
    Message: JSON.stringify(notificationMessage(record, previous, place, contributor)),
  });
}

/** The JSON message that CloudWatch publishes to a topic. */
function notificationMessage(
  record: AlarmRecord,
  previous: RecordedState,
  place: AccountRegion,
  contributor?: ContributorRecord,
): Record<string, unknown> {
  const { input, state } = record;
  return {
    AlarmName: input.AlarmName,
    AlarmDescription: input.AlarmDescription ?? null,
    AWSAccountId: place.accountId,
    AlarmConfigurationUpdatedTimestamp: alarmTimestamp(record.configuredAtMs),
    NewStateValue: contributor?.value ?? state.value,
    NewStateReason: contributor?.reason ?? state.reason,
    StateChangeTime: alarmTimestamp(contributor?.transitionedAtMs ?? state.transitionedAtMs),
    Region: place.region,
    AlarmArn: record.arn,
    OldStateValue: contributor ? (contributor.value === 'ALARM' ? 'OK' : 'ALARM') : previous.value,
    OKActions: input.OKActions,
    AlarmActions: input.AlarmActions,
    InsufficientDataActions: input.InsufficientDataActions,
    ...(contributor ? { AlarmContributorId: contributor.id, AlarmContributorAttributes: contributor.attributes } : {}),
    ...(record.kind === 'composite' ? { AlarmRule: record.input.AlarmRule } : { Trigger: triggerOf(record.input) }),
  };
}

function triggerOf(input: Extract<AlarmRecord, { kind: 'metric' }>['input']): Record<string, unknown> {
  const limits = {
    Period: input.Period,
    EvaluationPeriods: input.EvaluationPeriods,
    DatapointsToAlarm: input.DatapointsToAlarm,
    ComparisonOperator: input.ComparisonOperator,
    Threshold: input.Threshold,
    TreatMissingData: input.TreatMissingData ?? '',
    EvaluateLowSampleCountPercentile: input.EvaluateLowSampleCountPercentile ?? '',
  };
  if (input.Metrics) return { ...limits, Metrics: input.Metrics };
  return {
    MetricName: input.MetricName,
    Namespace: input.Namespace,
    StatisticType: input.ExtendedStatistic === undefined ? 'Statistic' : 'ExtendedStatistic',
    ...(input.ExtendedStatistic === undefined
      ? { Statistic: input.Statistic?.toUpperCase() }
      : { ExtendedStatistic: input.ExtendedStatistic }),
    Unit: input.Unit ?? null,
    Dimensions: input.Dimensions.map(({ Name, Value }) => ({ value: Value, name: Name })),
    ...limits,
  };
}
