import * as z from 'zod';
import { BROKEN_MINUTES, breaches, DRILL, type DrillRequest, drillIdPattern, isOfDrill } from './drill.ts';
import { type Instant, iso } from './duration.ts';
import { fitAttributes } from './fit-attributes.ts';
import { outsideText } from './outside-text.ts';
import type { Reason } from './reasons.ts';
import { type FailedCheck, type StatusCheckName, statusCheckNames } from './status-check.ts';
import { isOfSweep } from './sweep-source.ts';
import { timestampSchema } from './timestamp.ts';

// Longer than 250 lines: each event that may open an incident, as it comes and as intake takes it.

/** What intake makes of an event that may open an incident: an alarm, or one contributor of it, entered ALARM, or RDS told something. */
export interface Signal {
  readonly eventId: string;
  /** The alarm's name; of an event of RDS its id, `RDS event` where it has none. */
  readonly alarmName: string;
  /** When the alarm or contributor entered ALARM, or RDS wrote the event, by their own clock. */
  readonly at: Instant;
  /** CloudWatch's reason or RDS's message, for the history and the messages. */
  readonly reason: string;
  /** The instance of RDS that an event is about, by its identifier; absent of an event of a cluster. */
  readonly databaseInstance?: string;
  /** The one time series of a fleet alarm that is meant; absent for alarms on a single metric. */
  readonly contributor?: Contributor;
  /** The mute rule in force, if any. */
  readonly mutedBy?: string;
  /** What holds back the actions of a composite alarm, in CloudWatch's word; `WaitPeriod` while it waits whether anything suppresses them. */
  readonly suppressedBy?: string;
  /** The status check of EC2 that failed, of which there is no alarm. */
  readonly check?: StatusCheckName;
  /** Set when the sweep found it in ALARM and told it again: a reading of now, however long ago it began. */
  readonly swept?: true;
  /** Set when it is no fault but a drill, or says what becomes of what is broken in one. */
  readonly drill?: { readonly id: string } & Omit<DrillRequest, 'policy' | 'drill'>;
}

export interface Contributor {
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A signal of a drill. */
export type DrillSignal = Signal & { readonly drill: NonNullable<Signal['drill']> };

export function isDrillSignal(signal: Signal | Rejection): signal is DrillSignal {
  return 'drill' in signal;
}

/** An event for the pipeline's own rules, before it has an id and a source. */
export interface SweptEvent {
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** An event that opens no incident, and the named reason. */
export interface Rejection {
  readonly kind: 'rejection';
  readonly reason: Extract<Reason, 'unknown-event'>;
  readonly why: string;
}

export const PARENT = 'CloudWatch Alarm State Change';
export const CONTRIBUTOR = 'CloudWatch Alarm Contributor State Change';
const DATABASE = 'RDS DB Instance Event';
const CLUSTER = 'RDS DB Cluster Event';
export const FAILED_CHECK = 'EC2 Instance Status Check Failed';

/** CloudWatch keeps no more of a reason; other texts have no use for more either. */
const LONGEST_TEXT = 1_023;

/** A text that is only ever shown. */
const textSchema = z.string().transform((text) => outsideText(text, LONGEST_TEXT));

/** A text by which something is found again. Cutting it could make it name something else, so a longer one is refused. */
const nameSchema = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^\P{C}*$/u, 'has control characters');

/** More than any query of CloudWatch groups by. */
const MOST_ATTRIBUTES = 30;

const stateSchema = z.looseObject({
  value: z.literal('ALARM'),
  reason: textSchema.optional(),
  timestamp: timestampSchema,
  actionsSuppressedBy: textSchema.optional(),
});

const envelope = {
  id: nameSchema(255),
  source: nameSchema(255),
};

const detail = {
  alarmName: nameSchema(255),
  state: stateSchema,
  muteDetail: z.looseObject({ mutedByArn: textSchema.optional() }).optional(),
};

/** Events of clusters may have no id. */
const databaseDetail = z.looseObject({
  SourceIdentifier: nameSchema(255),
  Date: timestampSchema,
  Message: textSchema.pipe(z.string().min(1)),
  EventID: nameSchema(255).optional(),
});

/** The pipeline's own words for a failed status check, of which EC2 sends no event. */
const checkDetail = z.looseObject({
  policy: nameSchema(255),
  check: z.enum(statusCheckNames),
  instance: nameSchema(255),
  since: timestampSchema,
});

/** The pipeline's own words for a drill. When it was told is what EventBridge says, and no claim of whoever tells it. */
const drillDetail = z.looseObject({
  policy: nameSchema(255),
  drill: z.string().regex(drillIdPattern),
  target: nameSchema(255).optional(),
  minutes: z.int().min(BROKEN_MINUTES.least).max(BROKEN_MINUTES.most).optional(),
  fill: z.literal(true).optional(),
  service: nameSchema(255).optional(),
  announces: z.literal(true).optional(),
  breach: z.enum(breaches).optional(),
});

/** The event by which the reader of status checks tells the rule of a policy. */
export function failedCheckEvent({ policy, check, id, since }: FailedCheck): SweptEvent {
  return { detailType: FAILED_CHECK, detail: { policy, check, instance: id, since: iso(since) } };
}

/**
 * The events that may open an incident. Of an alarm `configuration` is not read: it differs by kind of alarm and may have no metrics.
 *
 * A contributor event as CloudWatch sends it (shortened):
 * ```json
 * {"id":"7d2f0c1e-…","detail-type":"CloudWatch Alarm Contributor State Change","source":"aws.cloudwatch",
 *  "detail":{"alarmName":"heal-web-memory",
 *   "alarmContributor":{"id":"6d442278dba546f6","attributes":{"InstanceId":"i-0aaaabbbbccccdddd"}},
 *   "state":{"value":"ALARM","reason":"Threshold Crossed: …","timestamp":"2026-11-02T10:15:40.989+0000"}}}
 * ```
 * An event of RDS (shortened):
 * ```json
 * {"id":"7d2f0c1e-…","detail-type":"RDS DB Instance Event","source":"aws.rds",
 *  "detail":{"EventCategories":["availability"],"SourceType":"DB_INSTANCE","SourceIdentifier":"orders",
 *   "Date":"2026-11-02T10:15:40.989Z","EventID":"RDS-EVENT-0221",
 *   "Message":"DB instance has reached the storage-full threshold, and the database has been shut down. …"}}
 * ```
 */
const eventSchema = z.discriminatedUnion('detail-type', [
  z.looseObject({ ...envelope, 'detail-type': z.literal(PARENT), detail: z.looseObject(detail) }),
  z.looseObject({
    ...envelope,
    'detail-type': z.literal(CONTRIBUTOR),
    detail: z.looseObject({
      ...detail,
      alarmContributor: z.looseObject({
        id: nameSchema(255),
        attributes: z
          .record(z.string(), z.unknown())
          .refine((attributes) => Object.keys(attributes).length <= MOST_ATTRIBUTES, `has more than ${MOST_ATTRIBUTES} attributes`)
          .transform(fitAttributes),
      }),
    }),
  }),
  z.looseObject({ ...envelope, 'detail-type': z.enum([DATABASE, CLUSTER]), detail: databaseDetail }),
  z.looseObject({ ...envelope, 'detail-type': z.literal(FAILED_CHECK), detail: checkDetail }),
  z.looseObject({ ...envelope, 'detail-type': z.literal(DRILL), time: timestampSchema, detail: drillDetail }),
]);

type KnownEvent = z.infer<typeof eventSchema>;
type AlarmEvent = Extract<KnownEvent, { 'detail-type': typeof PARENT | typeof CONTRIBUTOR }>;
type FailedCheckEvent = Extract<KnownEvent, { 'detail-type': typeof FAILED_CHECK }>;
type DrillEvent = Extract<KnownEvent, { 'detail-type': typeof DRILL }>;
type DatabaseEvent = Extract<KnownEvent, { 'detail-type': typeof DATABASE | typeof CLUSTER }>;

/** Reads an event as a signal. Never throws: whatever has another shape becomes a rejection that says what was expected. */
export function parseSignal(event: unknown): Signal | Rejection {
  const parsed = eventSchema.safeParse(event);
  if (!parsed.success) return { kind: 'rejection', reason: 'unknown-event', why: issuesInWords(parsed.error) };
  const isDrill = parsed.data['detail-type'] === DRILL;
  // Who may only begin drills must not report faults, and who may only report faults must not begin drills.
  if (isDrill !== isOfDrill(parsed.data.source)) {
    const why = `source: ${parsed.data.source} tells of no ${parsed.data['detail-type']}`;
    return { kind: 'rejection', reason: 'unknown-event', why: outsideText(why, LONGEST_TEXT) };
  }
  if (isDrill) return drillSignal(parsed.data as DrillEvent);
  if (parsed.data['detail-type'] === FAILED_CHECK) return failedCheckSignal(parsed.data as FailedCheckEvent);
  return isOfDatabase(parsed.data) ? databaseSignal(parsed.data) : alarmSignal(parsed.data as AlarmEvent);
}

export function isRejection(answer: Signal | Rejection): answer is Rejection {
  return 'kind' in answer;
}

/** Schema issues as one line: each with its path and what was expected. */
export function issuesInWords(error: z.ZodError): string {
  const issues = error.issues.map((issue) => `${issue.path.join('.') || '(whole)'}: ${issue.message}`);
  return outsideText(issues.join('; '), LONGEST_TEXT);
}

function isOfDatabase(event: KnownEvent): event is DatabaseEvent {
  return event['detail-type'] === DATABASE || event['detail-type'] === CLUSTER;
}

function databaseSignal({ id, 'detail-type': type, detail: { EventID, Date: at, Message, SourceIdentifier } }: DatabaseEvent): Signal {
  return {
    eventId: id,
    alarmName: EventID ?? 'RDS event',
    at,
    reason: EventID === undefined ? Message : `${Message} (${EventID})`,
    ...(type === DATABASE && { databaseInstance: SourceIdentifier }),
  };
}

function failedCheckSignal({ id, source, detail: { check, instance, since } }: FailedCheckEvent): Signal {
  return {
    eventId: id,
    alarmName: `status check ${check}`,
    at: since,
    reason: `EC2 finds its ${check} status check impaired since ${iso(since)}`,
    contributor: { id: instance, attributes: { InstanceId: instance } },
    check,
    ...(isOfSweep(source) && { swept: true as const }),
  };
}

function drillSignal({ id, time, detail: { drill, target, minutes, fill, service, announces, breach } }: DrillEvent): Signal {
  return {
    eventId: id,
    alarmName: DRILL,
    at: time,
    reason: 'a drill: the symptom is only played',
    drill: { id: drill, target, minutes, fill, service, announces, breach },
  };
}

function alarmSignal(event: AlarmEvent): Signal {
  const { alarmName, state, muteDetail } = event.detail;
  return {
    eventId: event.id,
    alarmName,
    at: state.timestamp,
    reason: state.reason ?? 'no reason given',
    ...(event['detail-type'] === CONTRIBUTOR && {
      contributor: { id: event.detail.alarmContributor.id, attributes: event.detail.alarmContributor.attributes },
    }),
    ...(muteDetail && { mutedBy: muteDetail.mutedByArn ?? 'a mute rule' }),
    ...(state.actionsSuppressedBy !== undefined && { suppressedBy: state.actionsSuppressedBy }),
    ...(isOfSweep(event.source) && { swept: true as const }),
  };
}
