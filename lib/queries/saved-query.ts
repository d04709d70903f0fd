/** A query of Logs Insights on the history, saved in the account and shown on the dashboard. */
export interface SavedQuery {
  /** Its title on the dashboard, and its name among the saved queries. */
  readonly name: string;
  /** Its commands, one a line. The first is a filter. */
  readonly lines: readonly string[];
  /** @default table */
  readonly view?: 'table' | 'bar';
}
