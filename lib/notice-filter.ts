import type { Stage } from '../lambdas/core/notice/notice.ts';

/** Which notices go out by a way beside mail. */
export interface NoticeFilterProps {
  /** Stages of incidents. Prevents a channel that nobody reads any more. @default - every stage */
  readonly stages?: readonly Stage[];
  /**
   * How incidents ended; what has no outcome is not kept back by it.
   * @default - every outcome, and what has none
   */
  readonly outcomes?: readonly ('recovered' | 'handed-off' | 'skipped')[];
  /** Names of policies. What is about no single policy, such as a pause, goes out in any case. @default - every policy */
  readonly policies?: readonly string[];
}
