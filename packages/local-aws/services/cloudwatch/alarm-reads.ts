import type { ActionHandler } from '../../gateway/service.ts';
import type { AlarmBook } from './alarm-book.ts';
import { describeAlarm, describeContributor, describeHistory } from './alarm-description.ts';
import {
  DescribeAlarmContributorsInput,
  DescribeAlarmHistoryInput,
  DescribeAlarmsForMetricInput,
  DescribeAlarmsInput,
  ListTagsInput,
} from './alarm-input.ts';
import type { AlarmRecord } from './alarm-record.ts';
import { dimensionKey, fromDimensionList } from './dimensions.ts';
import { page, parseInput } from './input.ts';

/** AWS lists at most 100 contributors of an alarm. */
const MAX_CONTRIBUTORS = 100;

/** CloudWatch's calls that read alarms. */
export function alarmReads(book: AlarmBook): Record<string, ActionHandler> {
  return {
    async DescribeAlarms(parameters) {
      const input = parseInput(DescribeAlarmsInput, parameters);
      const { items, next } = page(
        book.all().filter((record) => isAskedFor(record, input)),
        input.NextToken,
        input.MaxRecords,
      );
      return {
        MetricAlarms: items.filter((record) => record.kind === 'metric').map(describeAlarm),
        CompositeAlarms: items.filter((record) => record.kind === 'composite').map(describeAlarm),
        ...next,
      };
    },

    async DescribeAlarmsForMetric(parameters) {
      const { Namespace, MetricName, Dimensions } = parseInput(DescribeAlarmsForMetricInput, parameters);
      const wanted = dimensionKey(fromDimensionList(Dimensions));
      const found = book
        .all()
        .filter(
          ({ kind, input }) =>
            kind === 'metric' &&
            'Namespace' in input &&
            input.Namespace === Namespace &&
            input.MetricName === MetricName &&
            dimensionKey(fromDimensionList(input.Dimensions)) === wanted,
        );
      return { MetricAlarms: found.map(describeAlarm) };
    },

    async DescribeAlarmContributors(parameters) {
      const { AlarmName, NextToken } = parseInput(DescribeAlarmContributorsInput, parameters);
      const record = book.get(AlarmName);
      const contributors = record.kind === 'metric' ? [...record.contributors.values()] : [];
      const { items, next } = page(
        contributors.filter(({ value }) => value === 'ALARM'),
        NextToken,
        MAX_CONTRIBUTORS,
      );
      return { AlarmContributors: items.map(describeContributor), ...next };
    },

    /** Nobody can make a mute rule here, so there is none. */
    async ListAlarmMuteRules() {
      return { AlarmMuteRuleSummaries: [] };
    },

    async DescribeAlarmHistory(parameters) {
      const input = parseInput(DescribeAlarmHistoryInput, parameters);
      const records = book
        .all()
        .filter((record) => isOfType(record, input.AlarmTypes) && (input.AlarmName ?? record.input.AlarmName) === record.input.AlarmName);
      const entries = records
        .flatMap((record) => record.history.map((item) => ({ record, item })))
        .filter(
          ({ item }) =>
            (input.HistoryItemType ?? item.type) === item.type &&
            (input.AlarmContributorId === undefined || item.contributor?.id === input.AlarmContributorId) &&
            item.atMs >= (input.StartDate ?? -Infinity) &&
            item.atMs <= (input.EndDate ?? Infinity),
        )
        .sort((left, right) => left.item.atMs - right.item.atMs);
      if (input.ScanBy === 'TimestampDescending') entries.reverse();
      const { items, next } = page(entries, input.NextToken, input.MaxRecords);
      return { AlarmHistoryItems: items.map(({ record, item }) => describeHistory(record, item)), ...next };
    },

    async ListTagsForResource(parameters) {
      const { ResourceARN } = parseInput(ListTagsInput, parameters);
      return { Tags: [...book.byArn(ResourceARN).tags].map(([Key, Value]) => ({ Key, Value })) };
    },
  };
}

function isOfType(record: AlarmRecord, types: readonly string[]): boolean {
  return types.includes(record.kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm');
}

function isAskedFor(record: AlarmRecord, input: DescribeAlarmsInput): boolean {
  const { AlarmName, OKActions, AlarmActions, InsufficientDataActions } = record.input;
  const prefix = input.ActionPrefix;
  return (
    isOfType(record, input.AlarmTypes) &&
    (input.AlarmNames === undefined || input.AlarmNames.length === 0 || input.AlarmNames.includes(AlarmName)) &&
    AlarmName.startsWith(input.AlarmNamePrefix ?? '') &&
    (input.StateValue ?? record.state.value) === record.state.value &&
    (prefix === undefined || [...OKActions, ...AlarmActions, ...InsufficientDataActions].some((action) => action.startsWith(prefix)))
  );
}
