/** A query of Logs Insights on the history, saved in the account and shown on the dashboard. */
export interface SavedQuery {
  /** Its title on the dashboard, and its name among the saved queries. */
  readonly name: string;
  /** Its commands, one a line. The first is a filter. */
  readonly lines: readonly string[];
  /** Whether lines of drills are among them. What counts incidents, times or remedies would tell of what was broken on purpose. @default false */
  readonly withDrills?: true;
  /** @default table */
  readonly view?: 'table' | 'bar';
}

/** The query with the clause that leaves drills out, unless it wants them. */
export function asSaved(query: SavedQuery): SavedQuery {
  const [filter = '', ...lines] = query.lines;
  return query.withDrills ? query : { ...query, lines: [`${filter} and not ispresent(drill)`, ...lines] };
}
