import type { StoryHistory } from '../history-of-story.ts';

/** What must hold in every history, whatever befell the fleet and the pipeline. */
export interface Invariant {
  /** The invariant in words. */
  readonly name: string;
  /** Every breach, in words. */
  breaches(history: StoryHistory): readonly string[];
}
