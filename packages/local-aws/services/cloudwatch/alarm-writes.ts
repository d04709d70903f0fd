import { type ActionHandler, AwsError, type Parameters, type Upstream } from '../../gateway/service.ts';
import type { AlarmAnnouncer } from './alarm-announcer.ts';
import type { AlarmBook } from './alarm-book.ts';
import { CompositeAlarmInput, MetricAlarmInput } from './alarm-definition.ts';
import type { AlarmEngine } from './alarm-engine.ts';
import { AlarmNamesInput, SetAlarmStateInput, TagInput, UntagInput } from './alarm-input.ts';
import type { AlarmRecord } from './alarm-record.ts';
import { parseInput, TagList } from './input.ts';
import type { TagsOf } from './insights-run.ts';

/** The parts that a write to an alarm concerns. */
export interface AlarmWriters {
  readonly book: AlarmBook;
  readonly engine: AlarmEngine;
  readonly announcer: AlarmAnnouncer;
  readTags(upstream: Upstream): Promise<TagsOf>;
  clock(): number;
}

/** Creates or updates a metric alarm. Its first evaluation comes with the next step of the clock, as on AWS. */
export function putMetricAlarm({ book, clock }: AlarmWriters, parameters: Parameters): AlarmRecord {
  return book.put({ kind: 'metric', input: parseInput(MetricAlarmInput, parameters) }, tagsIn(parameters), clock());
}

/** Creates or updates a composite alarm, which is decided at once. */
export async function putCompositeAlarm(
  { book, engine, announcer, clock }: AlarmWriters,
  parameters: Parameters,
  upstream: Upstream,
): Promise<AlarmRecord> {
  const record = book.put({ kind: 'composite', input: parseInput(CompositeAlarmInput, parameters) }, tagsIn(parameters), clock());
  if (record.kind === 'composite') await announcer.announce(engine.evaluateNewComposite(record, clock()), upstream);
  return record;
}

/** CloudWatch's calls that change alarms. */
export function alarmWrites(writers: AlarmWriters): Record<string, ActionHandler> {
  const { book, engine, announcer } = writers;
  const setActionsEnabled = (parameters: Parameters, enabled: boolean): Record<string, never> => {
    const { AlarmNames } = parseInput(AlarmNamesInput, parameters);
    for (const name of AlarmNames) book.get(name).input.ActionsEnabled = enabled;
    return {};
  };
  return {
    async PutMetricAlarm(parameters) {
      putMetricAlarm(writers, parameters);
      return {};
    },

    async PutCompositeAlarm(parameters, upstream) {
      await putCompositeAlarm(writers, parameters, upstream);
      return {};
    },

    async DeleteAlarms(parameters) {
      const { AlarmNames } = parseInput(AlarmNamesInput, parameters);
      const unknown = AlarmNames.find((name) => !book.find(name));
      if (unknown !== undefined) throw new AwsError('ResourceNotFound', `Unknown alarm: ${unknown}`, 404);
      for (const name of AlarmNames) book.delete(name);
      return {};
    },

    async SetAlarmState(parameters, upstream) {
      const { AlarmName, StateValue, StateReason, StateReasonData } = parseInput(SetAlarmStateInput, parameters);
      const state = { value: StateValue, reason: StateReason, ...(StateReasonData === undefined ? {} : { reasonData: StateReasonData }) };
      const tagsOf = await writers.readTags(upstream);
      await announcer.announce(engine.setByHand(AlarmName, state, writers.clock(), tagsOf), upstream);
      return {};
    },

    async EnableAlarmActions(parameters) {
      return setActionsEnabled(parameters, true);
    },

    async DisableAlarmActions(parameters) {
      return setActionsEnabled(parameters, false);
    },

    async TagResource(parameters) {
      const { ResourceARN, Tags } = parseInput(TagInput, parameters);
      const { tags } = book.byArn(ResourceARN);
      for (const { Key, Value } of Tags) tags.set(Key, Value);
      return {};
    },

    async UntagResource(parameters) {
      const { ResourceARN, TagKeys } = parseInput(UntagInput, parameters);
      const { tags } = book.byArn(ResourceARN);
      for (const key of TagKeys) tags.delete(key);
      return {};
    },
  };
}

function tagsIn(parameters: Parameters): Record<string, string> {
  return Object.fromEntries(parseInput(TagList, parameters.Tags).map(({ Key, Value }) => [Key, Value]));
}
