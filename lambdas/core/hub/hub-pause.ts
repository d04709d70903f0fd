import * as z from 'zod';
import type { Instant } from '../duration.ts';
import type { Pause } from '../guardrails/guardrail.ts';
import { OWN_SWITCH, parsePause } from '../pause.ts';
import type { PauseEntry } from '../pause-watch.ts';

/**
 * What the pause switch of the hub says, as it is sent to the pipelines and kept by each beside its own switch. It is always all of it and
 * never a step, so that the last one is enough, whatever was lost before.
 */
export const hubPauseSchema = z.strictObject({
  /** Its value: `running`, or a reason, read as that of a pipeline's own switch. */
  value: z.string().max(4_096),
  /** When it was set, by the clock of AWS. */
  at: z.int().min(0),
  /** Counts the values of one switch, for two of the same moment. */
  sequence: z.int().min(1),
  /** ARN of who set it. */
  by: z.string().max(2_048),
  /** ARN of the bus of the hub whose switch it is. @default - an earlier version sent or kept it, which did not say */
  hub: z.string().max(512).optional(),
});

export type HubPause = z.infer<typeof hubPauseSchema>;

/** One of which it is known whose it is. */
export type HubPauseOf = HubPause & { readonly hub: string };

/** Clocks of AWS differ by far less. One that is dated later would make the pipeline deaf to all that follow. */
const MOST_AHEAD_MILLISECONDS = 60_000;

/** In whose words a pause of the hub is told. */
const HUBS_SWITCH = "the hub's pause switch";

/** Whether one was set later than another. A switch that was deleted and made anew counts from 1 again, so the moment comes first. */
export function isLater(one: HubPause, other: HubPause): boolean {
  return one.at === other.at ? one.sequence > other.sequence : one.at > other.at;
}

/** Whether they are the same setting of the hub's switch. */
export function isSameSetting(one: Pick<HubPause, 'at' | 'sequence'>, other: Pick<HubPause, 'at' | 'sequence'>): boolean {
  return one.at === other.at && one.sequence === other.sequence;
}

/**
 * What a pipeline keeps of what it knew and what it is told now: the later one. An event may come late, twice or never, and in any order.
 * Settings of two hubs have no order: what a hub said that was left holds until the own one is heard, whenever that was set.
 */
export function heard(known: HubPause | undefined, told: HubPause, now: Instant): HubPause | undefined {
  if (told.at > now + MOST_AHEAD_MILLISECONDS) return known;
  return known === undefined || known.hub !== told.hub || isLater(told, known) ? told : known;
}

/** What holds of the two: either pauses, and each is ended only where it was set. */
export function bothPauses(own: Pause, hub: HubPause | undefined, now: Instant): Pause {
  const theirs = hubSays(hub, now);
  if (theirs.kind === 'running') return own;
  return own.kind === 'running' ? theirs : { kind: 'paused', why: `${own.why}; ${theirs.why}` };
}

/** Whose switches pause it, by the words in which `bothPauses` tells it. */
export function pausedBy(why: string): { readonly own: boolean; readonly hub: boolean } {
  const hub = why.includes(HUBS_SWITCH);
  return { own: !hub || why.includes(OWN_SWITCH), hub };
}

/** What the hub says by itself; one that was never heard of pauses nothing. */
export function hubSays(hub: HubPause | undefined, now: Instant): Pause {
  return hub === undefined ? { kind: 'running' } : parsePause(hub.value, now, HUBS_SWITCH);
}

/**
 * The entry by which people are told: of the own switch where that pauses, else of the hub's where that does; where both run, the one
 * that was set last. Undefined where the own switch is missing, which pauses.
 */
export function toldEntry(own: PauseEntry | undefined, hub: HubPause | undefined, now: Instant): PauseEntry | undefined {
  if (hub === undefined || parsePause(own?.value, now).kind === 'paused') return own;
  const isTheirs = hubSays(hub, now).kind === 'paused' || hub.at > (own?.at ?? 0);
  return isTheirs ? { value: hub.value, at: hub.at, by: hub.by, whose: HUBS_SWITCH } : own;
}
