import type { Instant } from '../duration.ts';
import type { HistoryFilter } from '../history-filter.ts';
import type { HistoryLine } from '../history-line.ts';

export interface History {
  write(line: HistoryLine): Promise<void>;
}

/** What was written, for those who look back. */
export interface PastHistory {
  /** The wanted lines since an instant, oldest first. */
  since(since: Instant, filter: HistoryFilter): Promise<readonly HistoryLine[]>;
}
