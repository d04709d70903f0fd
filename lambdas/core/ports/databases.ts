/** A session of a database that may hold up others. */
export interface DatabaseSession {
  readonly id: string;
  /** Tells the session and its transaction from a later one with the same id. */
  readonly incarnation: string;
  readonly user: string;
  /** The client's own name for itself, or its address. */
  readonly application: string;
  /** The engine's own word, e.g. `idle in transaction`. */
  readonly state: string;
  /** Begin of its transaction. */
  readonly since?: string;
  /** How long it has kept a transaction open and done nothing. */
  readonly idleSeconds?: number;
  /** How long the one has waited that has waited longest for it. */
  readonly blockingSeconds?: number;
  /** Number of sessions that wait for it. */
  readonly blocked: number;
  /** Why it must not be ended, as by the rights of its user. */
  readonly protection?: string;
  /** What is told of whom others wait for where that is no session of a client that could be ended, as of a transaction without one. */
  readonly sessionless?: string;
  readonly query?: string;
}

export type SessionEnd = { readonly kind: 'ended' } | { readonly kind: 'gone' } | { readonly kind: 'denied'; readonly why: string };

/** How busy a database is. */
export interface DatabaseLoad {
  readonly connections: number;
  readonly limit: number;
  /** What active sessions wait for, in the engine's own words, the most frequent first. */
  readonly waits: readonly { readonly what: string; readonly sessions: number; readonly seconds: number }[];
}

export interface DatabaseSessions {
  /** What the sessions do. Reads no statement of theirs. */
  load(databaseId: string): Promise<DatabaseLoad>;
  /** Sessions that are idle in a transaction or that others wait for; never the reader's own, and none that waits itself. */
  stuck(databaseId: string, options: { readonly queryText: boolean }): Promise<readonly DatabaseSession[]>;
  /** Ends those of the sessions that are still the ones that were seen. One answer for each, in order. */
  end(databaseId: string, sessions: readonly Pick<DatabaseSession, 'id' | 'incarnation'>[]): Promise<readonly SessionEnd[]>;
}
