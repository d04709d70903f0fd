import * as z from 'zod';
import { type Instant, milliseconds } from './duration.ts';

/** The agents of one fleet, as the schedule names them. */
export const watchedAgentsSchema = z.strictObject({
  /** The protection's id. */
  fleet: z.string().min(1),
  /** Id of the association that configures them. */
  association: z.string().min(1),
  members: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('tagged'), key: z.string().min(1), value: z.string() }),
    z.strictObject({ kind: z.literal('instances'), ids: z.array(z.string().min(1)) }),
  ]),
  /** What each member must send: a metric, the names of all of its dimensions, and the values that some of them have. */
  series: z.array(
    z.strictObject({ metric: z.string().min(1), names: z.array(z.string().min(1)), fixed: z.record(z.string(), z.string()) }),
  ),
  /** The dimension that tells the shards apart, and its value in each. */
  own: z.strictObject({ name: z.string().min(1), values: z.array(z.string().min(1)).min(1) }),
});

export type WatchedAgents = z.infer<typeof watchedAgentsSchema>;

/** One instance of the fleet that runs. */
export interface AgentMember {
  readonly id: string;
  /** Its place among a hundred, by which a changed configuration comes to it earlier or later. */
  readonly place: number;
  readonly launchedAt?: Instant;
  /** Whether every series of the configuration arrived from it lately. */
  readonly reports: boolean;
}

/** What is known of a fleet's agents at one moment. */
export interface AgentState {
  /** When the association was last changed, by a deployment or by a decision of this module. */
  readonly updatedAt: Instant;
  /** Share of the machines, in percent, that takes what is new. */
  readonly reach: number;
  readonly members: readonly AgentMember[];
}

export interface AgentVerdict {
  /** Instances that should send their series by now, and do not. */
  readonly silent: readonly string[];
  /** The share from now on. @default - as it is */
  readonly reach?: number;
  readonly why: string;
}

/** A run every half hour, and then the first datapoints. */
export const SETTLES_WITHIN = { minutes: 45 };

const EVERYBODY = 100;

/**
 * Whether agents are silent, and whether a changed configuration may go from the first share to all. It may when at least half of the
 * first ones send every series of it: one machine that is broken anyway must not hold up the others.
 */
export function judgeAgents({ updatedAt, reach, members }: AgentState, now: Instant): AgentVerdict {
  const settled = now - milliseconds(SETTLES_WITHIN);
  if (updatedAt > settled) return { silent: [], why: 'the association was changed a short time ago' };
  const due = members.filter(({ launchedAt }) => launchedAt === undefined || launchedAt <= settled);
  const first = due.filter(({ place }) => place < reach);
  const silent = first.filter(({ reports }) => !reports).map(({ id }) => id);
  if (reach >= EVERYBODY) return { silent, why: 'everybody has the configuration' };
  if (due.length === 0) return { silent, reach: EVERYBODY, why: 'no machine is there that could go first' };
  if (first.length === 0) {
    const next = Math.min(...due.map(({ place }) => place));
    return { silent, reach: next + 1, why: 'no machine is in the first share, so one goes first' };
  }
  if (silent.length * 2 > first.length)
    return { silent, why: `${silent.length} of the first ${first.length} machines do not send what they should` };
  return { silent, reach: EVERYBODY, why: `${first.length - silent.length} of the first ${first.length} machines send what they should` };
}
