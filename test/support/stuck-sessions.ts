import { type Mariadb, startMariadb, whyNoMariadb } from './mariadb.ts';
import { type Postgresql, startPostgresql, whyNoPostgresql } from './postgresql.ts';

/** A client of a test, whatever the engine. */
export interface TestClient {
  run(text: string): Promise<unknown>;
  /** The server's number of the session. */
  readonly id: string;
  end(): Promise<void>;
}

/** One kind of server, and its words for the same things. */
export interface EngineUnderTest {
  readonly engine: 'postgresql' | 'mysql';
  readonly whyNot: string;
  start(): Promise<Postgresql | Mariadb>;
  /** Makes the users `healer` with the rights that the remedy needs, `shop`, and a table with one row for each test. */
  readonly setUp: readonly string[];
  /** Takes from `healer` the right to end the sessions of others, and gives it back. */
  readonly disarm: string;
  readonly arm: string;
  /** Leaves the open transaction of a client prepared, and after the client has gone ends it. */
  readonly prepare: readonly string[];
  readonly begin: string;
  readonly finishPrepared: string;
  /** Who may have a process of the server itself, which is no session of a client; absent where there is none. */
  readonly ofServer?: string;
  /** @param own whether it is such a process @default false */
  connect(server: Postgresql | Mariadb, user: string, own?: boolean): Promise<TestClient>;
}

const CHANGE_ORDER = 'UPDATE orders SET amount = amount + 1 WHERE id = 1';

/** Begins a transaction and locks the one row; the transaction stays open. */
export async function holdLock(client: TestClient, begin = 'BEGIN'): Promise<void> {
  await client.run(begin);
  await client.run(CHANGE_ORDER);
}

/** Wants the locked row; settles when it got it or failed. */
export function wantLock(client: TestClient): Promise<unknown> {
  return client.run(CHANGE_ORDER);
}

export const enginesUnderTest: readonly EngineUnderTest[] = [
  {
    engine: 'postgresql',
    whyNot: whyNoPostgresql,
    start: startPostgresql,
    setUp: [
      "CREATE USER healer PASSWORD 'correct horse'",
      'GRANT pg_read_all_stats, pg_signal_backend TO healer',
      'CREATE USER shop',
      'CREATE USER copier REPLICATION',
      'CREATE TABLE orders (id int PRIMARY KEY, amount int)',
      'INSERT INTO orders VALUES (1, 0)',
      'GRANT ALL ON orders TO shop, copier',
    ],
    disarm: 'REVOKE pg_signal_backend FROM healer',
    arm: 'GRANT pg_signal_backend TO healer',
    begin: 'BEGIN',
    prepare: ["PREPARE TRANSACTION 'job''7'"],
    finishPrepared: "ROLLBACK PREPARED 'job''7'",
    ofServer: 'copier',
    async connect(server, user, own = false) {
      const client = await (server as Postgresql).client(user, 'cart', own ? 'database' : undefined);
      const { rows } = await client.query('SELECT pg_backend_pid() AS id');
      return { id: String(rows[0]?.id), run: (text) => client.query(text), end: () => client.end() };
    },
  },
  {
    engine: 'mysql',
    whyNot: whyNoMariadb,
    start: startMariadb,
    setUp: [
      "CREATE USER healer IDENTIFIED BY 'correct horse'",
      'GRANT PROCESS, CONNECTION ADMIN ON *.* TO healer',
      'CREATE USER shop',
      'CREATE DATABASE shop',
      'CREATE TABLE shop.orders (id int PRIMARY KEY, amount int) ENGINE=InnoDB',
      'INSERT INTO shop.orders VALUES (1, 0)',
      'GRANT ALL ON shop.* TO shop',
      'CREATE USER admin',
      'GRANT ALL ON shop.* TO admin',
    ],
    disarm: 'REVOKE CONNECTION ADMIN ON *.* FROM healer',
    arm: 'GRANT CONNECTION ADMIN ON *.* TO healer',
    begin: "XA START 'job7'",
    prepare: ["XA END 'job7'", "XA PREPARE 'job7'"],
    finishPrepared: "XA ROLLBACK 'job7'",
    async connect(server, user) {
      const client = await (server as Mariadb).client(user, 'shop');
      return { id: String(client.threadId), run: (text) => client.query(text), end: () => client.end() };
    },
  },
];
