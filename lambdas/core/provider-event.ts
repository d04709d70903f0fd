import * as z from 'zod';
import { after, type Instant } from './duration.ts';
import { outsideText } from './outside-text.ts';
import { issuesInWords, type Rejection } from './signal.ts';
import type { Target } from './target.ts';
import { timestampSchema } from './timestamp.ts';

/** A problem of AWS itself, as AWS Health reports it. */
export interface ProviderEvent {
  readonly arn: string;
  /** AWS Health's code of the service, e.g. `EC2`. */
  readonly service: string;
  /** The kind of event, e.g. `AWS_EC2_OPERATIONAL_ISSUE`. */
  readonly code: string;
  readonly text: string;
  /** Long lists of resources come in several messages, which share everything but this. */
  readonly page: string;
  readonly open: boolean;
  /** Messages come twice and out of order; the latest of a page counts. */
  readonly updatedAt: Instant;
  /** The resources that it affects; absent when it affects the service as a whole. */
  readonly entities?: readonly string[];
}

/** An event of which no more is heard is taken for over: one whose end was lost must not stop all healing for ever. */
const HELD_WITHOUT_NEWS = { hours: 6 };

/** What messages and history have room for. */
const TEXT_CHARACTERS = 500;

/**
 * A page of AWS Health has at most 100 resources. A list that is longer than an item of the table could hold is taken for the service
 * as a whole, which holds back more rather than nothing.
 */
const ENTITIES_CHARACTERS = 150_000;

/** Codes of services whose failure makes targets ill or lames the remedies, by kind of target. */
const servicesOf: Readonly<Record<Target['kind'], readonly string[]>> = {
  instance: ['EC2', 'EBS', 'SSM'],
  'auto-scaling-group': ['EC2', 'AUTOSCALING'],
  database: ['RDS'],
  'database-cluster': ['RDS'],
};

/** Codes for what every target stands on, and for what sees the symptoms. */
const SERVICES_OF_ALL = ['MULTIPLE_SERVICES', 'VPC', 'INTERNETCONNECTIVITY', 'CLOUDWATCH'];

/** What AWS Health puts in the place of a resource when it means the whole account, or does not know. */
const NO_ENTITIES = ['AWS_ACCOUNT', 'UNKNOWN'];

/** What Health says of a resource that is well again. */
const WELL: ReadonlySet<string | undefined> = new Set(['UNIMPAIRED', 'RESOLVED']);

/** EC2 tells by these that it recovered a single instance, or could not: news of the instance, and no outage. */
const RECOVERY = /_AUTO_RECOVERY_/;

/**
 * The events that can hold healing back. As AWS Health sends one (shortened):
 * ```json
 * {"source":"aws.health","detail-type":"AWS Health Event","time":"2026-11-02T10:12:00Z","region":"eu-west-1",
 *  "detail":{"eventArn":"arn:aws:health:eu-west-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/AWS_EC2_OPERATIONAL_ISSUE_ABC",
 *   "service":"EC2","eventTypeCode":"AWS_EC2_OPERATIONAL_ISSUE","eventTypeCategory":"issue","eventScopeCode":"PUBLIC",
 *   "statusCode":"open","lastUpdatedTime":"Mon, 2 Nov 2026 10:11:00 GMT","page":"1","totalPages":"1",
 *   "eventDescription":[{"language":"en_US","latestDescription":"We are investigating increased error rates."}]}}
 * ```
 */
const healthEventSchema = z.looseObject({
  time: timestampSchema,
  detail: z.looseObject({
    eventArn: z.string().startsWith('arn:').max(900),
    service: z.string().min(1).max(50),
    eventTypeCode: z.string().min(1).max(255),
    eventTypeCategory: z.string().min(1).max(255),
    eventScopeCode: z.string().optional(),
    statusCode: z.enum(['open', 'closed', 'upcoming']),
    lastUpdatedTime: timestampSchema.optional(),
    page: z.string().max(20).optional(),
    eventDescription: z.array(z.looseObject({ latestDescription: z.string().optional() })).optional(),
    affectedEntities: z.array(z.looseObject({ entityValue: z.string(), status: z.string().optional() })).optional(),
  }),
});

type HealthEvent = z.infer<typeof healthEventSchema>;

/** Reads an event of AWS Health. Never throws: whatever has another shape becomes a rejection that says what was expected. */
export function parseProviderEvent(event: unknown): ProviderEvent | Rejection {
  const parsed = healthEventSchema.safeParse(event);
  if (!parsed.success) return { kind: 'rejection', reason: 'unknown-event', why: issuesInWords(parsed.error) };
  const { time, detail } = parsed.data;
  const entities = entitiesOf(detail);
  return {
    arn: detail.eventArn,
    service: detail.service,
    code: detail.eventTypeCode,
    text: outsideText(detail.eventDescription?.[0]?.latestDescription ?? 'no description', TEXT_CHARACTERS),
    page: detail.page ?? '1',
    open: detail.statusCode === 'open' && detail.eventTypeCategory === 'issue' && !RECOVERY.test(detail.eventTypeCode),
    updatedAt: detail.lastUpdatedTime ?? time,
    ...(entities && { entities }),
  };
}

/** An event as it was kept, with the time at which it was last heard of. */
export interface KeptProviderEvent extends ProviderEvent {
  readonly heardAt: Instant;
}

/** The events that speak against acting on the target: open, not outdated, and of its services or itself. */
export function problemsOf(target: Target, kept: readonly KeptProviderEvent[], now: Instant): readonly ProviderEvent[] {
  // The end of an event may come in fewer pages than its beginning.
  const isOver = ({ arn, updatedAt }: ProviderEvent) =>
    kept.some((other) => other.arn === arn && !other.open && other.updatedAt > updatedAt);
  return kept.filter((event) => event.open && !isOver(event) && after(event.heardAt, HELD_WITHOUT_NEWS) > now && concerns(event, target));
}

function concerns({ service, entities }: ProviderEvent, target: Target): boolean {
  if (!servicesOf[target.kind].includes(service) && !SERVICES_OF_ALL.includes(service)) return false;
  const id = target.kind === 'auto-scaling-group' ? target.name : target.id;
  // Health names resources by id or by ARN.
  return !entities || entities.some((entity) => entity === id || entity.endsWith(`:${id}`) || entity.endsWith(`/${id}`));
}

function entitiesOf({ eventScopeCode, affectedEntities = [] }: HealthEvent['detail']): readonly string[] | undefined {
  if (eventScopeCode === 'PUBLIC' || affectedEntities.length === 0) return undefined;
  if (affectedEntities.some(({ entityValue }) => NO_ENTITIES.includes(entityValue))) return undefined;
  const ill = affectedEntities.filter(({ status }) => !WELL.has(status)).map(({ entityValue }) => entityValue);
  return ill.join().length > ENTITIES_CHARACTERS ? undefined : ill;
}
