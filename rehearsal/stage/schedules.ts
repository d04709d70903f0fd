import { type CloudWatchClient, type MetricDatum, PutMetricDataCommand, type StandardUnit } from '@aws-sdk/client-cloudwatch';
import { invokeFunction } from '@self-healing/local-aws/gateway/invoke-function.ts';
import type { Upstream } from '@self-healing/local-aws/gateway/service.ts';
import * as z from 'zod';
import { messageOf } from '../../lambdas/core/failure.ts';
import { TIME_SCALE } from './fixtures.ts';

const MINUTE_MS = 60_000 / TIME_SCALE;

/** One line of embedded metric format, as far as the pipeline's probes use it. */
const lineSchema = z.looseObject({
  _aws: z.object({
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string(), Unit: z.string().optional() })),
      }),
    ),
  }),
});

/**
 * Runs the functions that EventBridge would run every minute, in shortened minutes, and makes metrics of what they log in embedded
 * metric format, as CloudWatch Logs does. MiniStack runs them every real minute, and makes no metrics. What runs less often is left
 * to it. A function that still runs is not run a second time at once.
 */
export class Schedules {
  readonly #functions: readonly string[];
  readonly #endpoint: string;
  readonly #client: CloudWatchClient;
  readonly #running = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  /** What went wrong while running them. */
  readonly problems: string[] = [];

  private constructor(functions: readonly string[], endpoint: string, client: CloudWatchClient) {
    this.#functions = functions;
    this.#endpoint = endpoint;
    this.#client = client;
  }

  /** Begins with a first run of each, so that no alarm misses its metric. */
  static async start(upstream: Upstream, endpoint: string, client: CloudWatchClient): Promise<Schedules> {
    const schedules = new Schedules(await scheduledFunctions(upstream), endpoint, client);
    await schedules.#round();
    schedules.#timer = setInterval(() => void schedules.#round(), MINUTE_MS);
    return schedules;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#running.values());
  }

  async #round(): Promise<void> {
    for (const name of this.#functions) {
      if (this.#running.has(name)) continue;
      const run = this.#run(name)
        .catch((error) => void this.problems.push(`scheduled function ${name}: ${messageOf(error)}`))
        .finally(() => this.#running.delete(name));
      this.#running.set(name, run);
    }
    await Promise.all(this.#running.values());
  }

  async #run(name: string): Promise<void> {
    const { log, error } = await invokeFunction(this.#endpoint, name);
    if (error !== undefined) throw new Error(error);
    for (const { namespace, data } of metricsIn(log))
      await this.#client.send(new PutMetricDataCommand({ Namespace: namespace, MetricData: [...data] }));
  }
}

/** The metrics in a function's log. */
export function metricsIn(log: string): readonly { readonly namespace: string; readonly data: readonly MetricDatum[] }[] {
  return log.split('\n').flatMap((line) => {
    const begin = line.indexOf('{');
    const parsed = lineSchema.safeParse(begin < 0 ? undefined : jsonOf(line.slice(begin)));
    if (!parsed.success) return [];
    const { _aws, ...values } = parsed.data;
    return _aws.CloudWatchMetrics.map(({ Namespace, Dimensions, Metrics }) => ({
      namespace: Namespace,
      data: Dimensions.flatMap((names) =>
        Metrics.map(({ Name, Unit }) => ({
          MetricName: Name,
          // Powertools writes a list where a metric was added more than once.
          Values: [values[Name]].flat().map(Number),
          Unit: Unit as StandardUnit,
          Timestamp: new Date(),
          Dimensions: names.map((name) => ({ Name: name, Value: String(values[name]) })),
        })),
      ),
    }));
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // An ordinary line that has a brace in it.
    return undefined;
  }
}

async function scheduledFunctions(upstream: Upstream): Promise<readonly string[]> {
  const { Rules } = (await upstream.call('events', 'ListRules', {})) as {
    Rules: readonly { readonly Name: string; readonly ScheduleExpression?: string }[];
  };
  const scheduled = Rules.filter(({ ScheduleExpression }) => ScheduleExpression === 'rate(1 minute)');
  const targets = await Promise.all(scheduled.map(({ Name }) => upstream.call('events', 'ListTargetsByRule', { Rule: Name })));
  return targets.flatMap(({ Targets }) => (Targets as readonly { readonly Arn: string }[]).map(({ Arn }) => Arn.split(':').at(-1) ?? Arn));
}
