import type { HistoryLine } from './history-line.ts';

/** The ends of incidents, each once: a step that was run again may have written one twice. */
export function endsIn(lines: readonly HistoryLine[]): readonly HistoryLine[] {
  const ends = lines.filter(({ kind, incident }) => kind === 'outcome' && incident !== undefined);
  return [...new Map(ends.map((line) => [line.incident, line])).values()];
}
