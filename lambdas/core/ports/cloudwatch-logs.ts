import type { HistoryLine } from '../history-line.ts';

export interface History {
  write(line: HistoryLine): Promise<void>;
}
