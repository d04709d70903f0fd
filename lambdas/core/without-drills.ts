import type { HistoryLine } from './history-line.ts';

/** The lines of what was real, from which something may be learnt. */
export function withoutDrills(lines: readonly HistoryLine[]): readonly HistoryLine[] {
  return lines.filter(({ drill }) => drill === undefined);
}
