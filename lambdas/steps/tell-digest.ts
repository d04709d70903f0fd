import { type Duration, type Instant, milliseconds } from '../core/duration.ts';
import { digestNotice } from '../core/notice/digest.ts';
import type { Notifier, PastHistory } from '../core/ports.ts';
import { withoutDrills } from '../core/without-drills.ts';

export interface DigestPorts {
  readonly past: PastHistory;
  readonly notifier: Notifier;
}

const WITHIN: Duration = { days: 7 };

/** Tells what happened in the last week. */
export async function tellDigest({ past, notifier }: DigestPorts, now: Instant): Promise<void> {
  const since = now - milliseconds(WITHIN);
  const lines = withoutDrills(await past.since(since, { kinds: ['outcome', 'not-sent'] }));
  const shadowed = withoutDrills(await past.since(since, { kinds: ['verification'], shadowed: true }));
  await notifier.publish((origin) => digestNotice(origin, { since, lines, shadowed }, now));
}
