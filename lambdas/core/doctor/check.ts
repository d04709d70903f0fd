import type { CommandPlace } from '../commands-here.ts';
import type { Instant } from '../duration.ts';
import type { Finding } from './finding.ts';
import type { ReadingName, Readings } from './readings.ts';

/** Where and when it is looked. */
export interface Place extends CommandPlace {
  readonly pipeline: string;
  readonly now: Instant;
}

/** One thing that must be so before the first fault. */
export interface Check<Needs extends ReadingName = ReadingName> {
  /** As people name it on the command line. */
  readonly name: string;
  /** What it makes sure of, as the end of "whether". */
  readonly whether: string;
  readonly needs: readonly Needs[];
  judge(readings: Pick<Readings, Needs>, place: Place): readonly Finding[];
}

/** A check, with the readings that its judge may use taken from its list. */
export function check<const Needs extends ReadingName>(made: Check<Needs>): Check {
  return made as unknown as Check;
}
