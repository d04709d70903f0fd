import * as z from 'zod';
import { type Instant, iso } from '../../core/duration.ts';
import type { HistoryLine } from '../../core/history-line.ts';
import { HUB_SOURCE, PAUSE_TYPE } from '../../core/hub/hub-names.ts';
import { type HubPauseOf, heard, hubPauseSchema, hubSays, isSameSetting } from '../../core/hub/hub-pause.ts';
import { ALL_POLICIES } from '../../core/operator-action.ts';
import { outsideText } from '../../core/outside-text.ts';
import type { History, HubPauses } from '../../core/ports.ts';
import { readTolerantly } from '../../core/tolerant-reader.ts';

export interface ApplyHubPausePorts {
  readonly hubPauses: HubPauses;
  readonly history: History;
}

/** What became of an event: only what was set later than all that is known is applied. */
export type Applied = 'applied' | 'known' | 'outdated' | 'not-from-the-hub';

const eventSchema = z.object({
  account: z.string(),
  source: z.literal(HUB_SOURCE),
  'detail-type': z.literal(PAUSE_TYPE),
  detail: z.unknown(),
});

/** Whether an event is one that a hub sends; from which account it comes is judged where it is applied. */
export function isFromAHub(event: unknown): boolean {
  return eventSchema.safeParse(event).success;
}

/**
 * Keeps what the hub's pause switch says, beside the pipeline's own, which it never touches. The account is the one that EventBridge
 * says; of two hubs in one account the event names the one that sends it. It stops first and writes the line then; a line that failed is
 * written when the hub, which has no confirmation, sends it again.
 *
 * @param hub ARN of the bus of the pipeline's hub
 */
export async function applyHubPause(event: unknown, hub: string, ports: ApplyHubPausePorts, now: Instant): Promise<Applied> {
  const told = pauseIn(event, hub);
  if (!told) return 'not-from-the-hub';
  const known = await ports.hubPauses.read();
  const isLater = heard(known, told, now) === told && (await ports.hubPauses.keep(told));
  if (!isLater && !(known && isSameSetting(known, told))) return 'outdated';
  if (!(await ports.hubPauses.isWritten())) {
    await ports.history.write(lineOf(told, now));
    await ports.hubPauses.noteWritten(told);
  }
  return isLater ? 'applied' : 'known';
}

function pauseIn(event: unknown, hub: string): HubPauseOf | undefined {
  const { data } = eventSchema.safeParse(event);
  if (data?.account !== accountOf(hub)) return undefined;
  const told = readTolerantly(hubPauseSchema, data?.detail).data;
  return told && (told.hub ?? hub) === hub ? { ...told, hub } : undefined;
}

function accountOf(bus: string): string | undefined {
  return bus.split(':')[4];
}

function lineOf(told: HubPauseOf, now: Instant): HistoryLine {
  const says = hubSays(told, now);
  const does = says.kind === 'paused' ? `pauses the pipeline: ${outsideText(told.value, 500)}` : 'does not pause the pipeline';
  return {
    at: iso(now),
    kind: 'hub-pause',
    policy: ALL_POLICIES,
    text: `the hub in account ${accountOf(told.hub)} ${does}`,
    hubPaused: says.kind === 'paused',
    by: told.by,
  };
}
