import { after, type Instant } from './duration.ts';
import type { Storm } from './storm.ts';

/** Longer than a function may run: whoever speaks has spoken, or has failed. */
const SPEAKS_WITHIN = { seconds: 90 };

/** Time for the lead to be heard of, with the retries of its steps, before another speaks in its place. */
const HEARD_WITHIN = { minutes: 2 };

/** Leads may follow one another, each of which fails; by then the storm is told of, whoever leads it. */
const TOLD_WITHIN = { minutes: 5 };

/** Whether the storm's message did not go out yet. */
export function isOwed({ lead, toldFor }: Storm): boolean {
  return toldFor !== lead;
}

/** Whether its lead did not speak in time, so that whoever comes by speaks in its place. */
export function isOverdue(storm: Storm, now: Instant): boolean {
  const { since, speaksAt, told } = storm;
  return isOwed(storm) && (after(speaksAt, HEARD_WITHIN) <= now || (told === undefined && after(since, TOLD_WITHIN) <= now));
}

/** The storm with this speaker; as it is where nothing is owed or somebody else is speaking. */
export function spokenForNow(storm: Storm, name: string, now: Instant): Storm {
  const { speaker } = storm;
  if (!isOwed(storm) || (speaker && speaker.name !== name && speaker.until > now)) return storm;
  return { ...storm, speaker: { name, until: after(now, SPEAKS_WITHIN) } };
}

/** Whether it is this speaker's turn. */
export function mayNowSpeak(storm: Storm, name: string): boolean {
  return isOwed(storm) && storm.speaker?.name === name;
}

/** The storm once its message, about so many members, went out. */
export function toldOf({ speaker: _, ...storm }: Storm, told: number): Storm {
  return { ...storm, told, toldFor: storm.lead };
}
