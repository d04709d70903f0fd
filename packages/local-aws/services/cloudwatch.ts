import type { Service, Upstream } from '../gateway/service.ts';
import { AlarmAnnouncer } from './cloudwatch/alarm-announcer.ts';
import { AlarmBook } from './cloudwatch/alarm-book.ts';
import { metricQueriesOf } from './cloudwatch/alarm-definition.ts';
import { AlarmEngine } from './cloudwatch/alarm-engine.ts';
import { alarmReads } from './cloudwatch/alarm-reads.ts';
import { type AlarmSummary, summaryOf } from './cloudwatch/alarm-record.ts';
import { alarmResources } from './cloudwatch/alarm-resources.ts';
import { type AlarmWriters, alarmWrites } from './cloudwatch/alarm-writes.ts';
import { EvaluationLoop } from './cloudwatch/evaluation-loop.ts';
import type { TagsOf } from './cloudwatch/insights-run.ts';
import { metricActions } from './cloudwatch/metric-actions.ts';
import { periodSecondsOf } from './cloudwatch/metric-query.ts';
import { MetricStore } from './cloudwatch/metric-store.ts';
import { readEc2Tags, unreadableTags } from './cloudwatch/resource-tags.ts';
import { savedQueryResource } from './cloudwatch/saved-queries.ts';

/** How the local AWS's CloudWatch differs from AWS's in time and place. */
export interface CloudWatchOptions {
  /** How many times faster than on AWS periods pass: 30 makes 60 s last 2 s. @default 30 */
  readonly secondsPerPeriodScale?: number;
  /** How long a state set by hand stands; on AWS it is up to the next evaluation. @default 10000, so that a ladder that waits first still finds it */
  readonly handSetHoldMs?: number;
  /** @default 'us-east-1' */
  readonly region?: string;
  /** @default '000000000000', the local AWS's account */
  readonly accountId?: string;
  /** Milliseconds since the epoch. @default the machine's clock */
  readonly clock?: () => number;
}

/** CloudWatch's metrics and alarms at the gateway. */
export interface CloudWatchService extends Service {
  /** Begins to evaluate; events and notifications go to this upstream. */
  start(upstream: Upstream): void;
  stop(): Promise<void>;
  /** Evaluates once, now. Resolves when what changed has been sent. */
  evaluateNow(upstream: Upstream): Promise<void>;
  /** Every alarm with its state; those that cannot be computed here name the reason in `notEvaluated`. */
  alarms(): readonly AlarmSummary[];
  /** Events, notifications and tag reads that failed, in words. */
  failures(): readonly string[];
  readonly metrics: MetricStore;
}

/** Creates the service that owns all of CloudWatch's metrics and alarms. */
export function createCloudWatch(options: CloudWatchOptions = {}): CloudWatchService {
  const {
    secondsPerPeriodScale = 30,
    handSetHoldMs = 10_000,
    region = 'us-east-1',
    accountId = '000000000000',
    clock = Date.now,
  } = options;
  const place = { region, accountId };
  const metrics = new MetricStore();
  const book = new AlarmBook(place);
  const engine = new AlarmEngine(book, metrics, { secondsPerPeriodScale, handSetHoldMs });
  const announcer = new AlarmAnnouncer(place);
  let latestTags: TagsOf = () => ({});

  const recordFailure = (what: string, error: unknown): string => {
    const why = error instanceof Error ? error.message : String(error);
    announcer.failures.push(`${what}: ${why}`);
    return why;
  };
  const readTags = async (upstream: Upstream): Promise<TagsOf> => {
    if (!book.all().some((record) => record.kind === 'metric' && needsTags(record.input.Metrics))) return latestTags;
    try {
      latestTags = await readEc2Tags(upstream);
    } catch (error) {
      latestTags = unreadableTags(recordFailure('DescribeTags', error));
    }
    return latestTags;
  };
  const evaluateNow = async (upstream: Upstream): Promise<void> => {
    const tagsOf = await readTags(upstream);
    await announcer.announce(engine.evaluateAll(clock(), tagsOf), upstream);
  };
  /** AWS evaluates every minute, alarms on shorter periods every ten seconds. */
  const stepMs = (): number => {
    const highResolution = book.all().some((record) => record.kind === 'metric' && periodSecondsOf(metricQueriesOf(record.input)) < 60);
    return ((highResolution ? 10 : 60) * 1000) / secondsPerPeriodScale;
  };
  let loop: EvaluationLoop | undefined;
  const writers: AlarmWriters = { book, engine, announcer, readTags, clock };

  return {
    service: 'monitoring',
    note: noteFor(secondsPerPeriodScale, handSetHoldMs),
    actions: {
      ...metricActions(metrics, { scale: secondsPerPeriodScale, clock, tagsOf: () => latestTags }),
      ...alarmReads(book),
      ...alarmWrites(writers),
    },
    resources: { ...alarmResources(writers), 'AWS::Logs::QueryDefinition': savedQueryResource },
    start(upstream) {
      loop ??= new EvaluationLoop(() => evaluateNow(upstream).catch((error: unknown) => void recordFailure('evaluation', error)), stepMs);
      loop.start();
    },
    async stop() {
      await loop?.stop();
      loop = undefined;
    },
    evaluateNow,
    alarms: () => book.all().map(summaryOf),
    failures: () => announcer.failures,
    metrics,
  };
}

function needsTags(queries: readonly { readonly Expression?: string | undefined }[] | undefined): boolean {
  return queries?.some(({ Expression }) => /\btag\./.test(Expression ?? '')) ?? false;
}

function noteFor(scale: number, holdMs: number): string {
  return (
    'Metrics and alarms are kept and evaluated here by the rules that CloudWatch documents (M of N, missing data, exact dimensions, metric math, ' +
    `Metrics Insights with contributors), with every period ${scale} times shorter; the events have the shape of AWS's own. ` +
    `A state set by hand stands for ${holdMs / 1000} s (on AWS until the next evaluation); of a GROUP BY alarm every contributor that reports follows it, ` +
    'or those named in StateReasonData as {"contributors":[{"InstanceId":"i-..."}]}, which AWS leaves undocumented. ' +
    'Not simulated: anomaly bands (such alarms are listed as not evaluated), mute rules, warm-up, suppressor wait periods, tags in events, actions other than SNS, ' +
    'and the refusal of metrics in AWS/ namespaces.'
  );
}
