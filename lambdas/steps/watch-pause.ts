import { type Instant, iso } from '../core/duration.ts';
import { pauseNotice } from '../core/notice/pause.ts';
import { ALL_POLICIES } from '../core/operator-action.ts';
import { lookAtPause, type PauseWatch, pauseSentence } from '../core/pause-watch.ts';
import type { History, Notifier, PauseMetrics, PauseNotes, PauseRecord } from '../core/ports.ts';
import { collectedFailures } from './collected-failures.ts';

export interface WatchPausePorts {
  readonly pauseRecord: PauseRecord;
  readonly pauseNotes: PauseNotes;
  readonly pauseMetrics: PauseMetrics;
  readonly history: History;
  readonly notifier: Notifier;
}

/**
 * Tells people that the pipeline is paused, reminds them while it lasts, and says when it acts again: whoever set the switch, by the
 * command or without it. It never writes the switch. What could not be told is tried again by the next sweep.
 */
export async function watchPause(
  ports: WatchPausePorts,
  { pipeline, ...watch }: PauseWatch & { readonly pipeline: string },
  now: Instant,
): Promise<void> {
  const [entry, note] = await Promise.all([ports.pauseRecord.last(), ports.pauseNotes.read()]);
  const { news, note: next, overdue } = lookAtPause(entry, note, watch, now);
  ports.pauseMetrics.overdue(overdue);
  const { failures, tryTo, throwIfAny } = collectedFailures();
  if (news) {
    const { kind, by } = news;
    const line = { at: iso(now), kind: 'pause', policy: ALL_POLICIES, text: pauseSentence(pipeline, news, now), pause: kind } as const;
    await tryTo(() => ports.history.write({ ...line, ...(by !== undefined && { by }) }));
    await tryTo(() => ports.notifier.publish((origin) => pauseNotice(origin, news, now)));
  }
  const isNews = news !== undefined || next?.since !== note?.since;
  if (failures.length === 0 && isNews) await tryTo(() => ports.pauseNotes.write(next, now));
  throwIfAny('the pause could not be told');
}
