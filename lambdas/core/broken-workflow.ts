import { after, type Duration, type Instant } from './duration.ts';

/** A workflow that failed, timed out or was aborted: whether its incident was concluded is not known. */
export interface BrokenWorkflow {
  readonly incidentId: string;
  readonly brokenAt: Instant;
  /** How it ended, in words. */
  readonly how: 'failed' | 'timed out' | 'was aborted';
}

/** What the sweeps did about one of them. Kept for as long as it is looked at. */
export interface RepairNote {
  /** Nothing is left to be done. */
  readonly done?: true;
  /** How often its incident could not be concluded. */
  readonly failures: number;
  /** When it was tried last. */
  readonly at: Instant;
  /** People were told that it cannot be concluded. */
  readonly told?: true;
}

/** A function that the workflow had called may still be at work after it was aborted, for as long as functions may run. */
export const LEFT_ALONE_FOR: Duration = { seconds: 90 };

/** Sweeps in which an incident could not be concluded before people are told of that one. */
export const FAILURES_BEFORE_TOLD = 3;

/** How often one is tried whose failure people know: its cause may pass. */
const TOLD_TRIED_EVERY: Duration = { hours: 1 };

/**
 * Those whose incidents are to be concluded now, at most so many. Whoever waited longest comes first: since it broke, or since it was
 * tried in vain. So what is done takes no place, and what cannot be done takes none from the others.
 */
export function dueForRepair(
  broken: readonly BrokenWorkflow[],
  notes: ReadonlyMap<string, RepairNote>,
  most: number,
  now: Instant,
): readonly BrokenWorkflow[] {
  const waitsSince = ({ incidentId, brokenAt }: BrokenWorkflow) => notes.get(incidentId)?.at ?? brokenAt;
  const isDue = ({ incidentId, brokenAt }: BrokenWorkflow) => {
    const note = notes.get(incidentId);
    return after(brokenAt, LEFT_ALONE_FOR) <= now && !note?.done && (!note?.told || after(note.at, TOLD_TRIED_EVERY) <= now);
  };
  return broken
    .filter(isDue)
    .toSorted((left, right) => waitsSince(left) - waitsSince(right) || left.brokenAt - right.brokenAt)
    .slice(0, most);
}
