import { z } from 'zod';
import { Instant } from './input.ts';
import { DimensionList } from './metric-query.ts';

const names = z.array(z.string());
const AlarmTypes = z.array(z.enum(['MetricAlarm', 'CompositeAlarm', 'LogAlarm']));
const StateValue = z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']);

/** The API's own page size where the caller names none. */
const DEFAULT_RECORDS = 50;
const MaxRecords = z.coerce.number().int().min(1).max(100).default(DEFAULT_RECORDS);

export const AlarmNamesInput = z.object({ AlarmNames: names });

export const SetAlarmStateInput = z.object({
  AlarmName: z.string(),
  StateValue,
  StateReason: z.string(),
  StateReasonData: z
    .string()
    .refine((text) => isJson(text), 'StateReasonData must be JSON')
    .optional(),
});

export const DescribeAlarmsInput = z.object({
  AlarmNames: names.optional(),
  AlarmNamePrefix: z.string().optional(),
  /** Only metric alarms unless asked otherwise, as on AWS. */
  AlarmTypes: AlarmTypes.default(['MetricAlarm']),
  StateValue: StateValue.optional(),
  ActionPrefix: z.string().optional(),
  MaxRecords,
  NextToken: z.string().optional(),
});
export type DescribeAlarmsInput = z.infer<typeof DescribeAlarmsInput>;

export const DescribeAlarmContributorsInput = z.object({ AlarmName: z.string(), NextToken: z.string().optional() });

export const DescribeAlarmHistoryInput = z.object({
  AlarmName: z.string().optional(),
  AlarmContributorId: z.string().optional(),
  AlarmTypes: AlarmTypes.default(['MetricAlarm']),
  HistoryItemType: z.string().optional(),
  StartDate: Instant.optional(),
  EndDate: Instant.optional(),
  MaxRecords,
  NextToken: z.string().optional(),
  ScanBy: z.enum(['TimestampAscending', 'TimestampDescending']).default('TimestampDescending'),
});

export const DescribeAlarmsForMetricInput = z.object({ Namespace: z.string(), MetricName: z.string(), Dimensions: DimensionList });

export const TagInput = z.object({ ResourceARN: z.string(), Tags: z.array(z.object({ Key: z.string(), Value: z.string() })) });
export const UntagInput = z.object({ ResourceARN: z.string(), TagKeys: names });
export const ListTagsInput = z.object({ ResourceARN: z.string() });

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
