import { randomBytes } from 'node:crypto';
import { statfs } from 'node:fs/promises';
import type { DatabaseMachine } from '../services/rds.ts';
import { makeCertificate, type ServerCertificate } from './certificates.ts';
import { type ClosedPort, closePort } from './closed-port.ts';
import { PostgresqlNode } from './postgresql-node.ts';
import { Relay } from './relay.ts';

export interface OrdersDatabaseOptions {
  /** Names of the two machines, the first of which begins as the primary. */
  readonly nodes: readonly [string, string];
  readonly database: string;
  /** Names by which clients reach the endpoint, in its certificate. */
  readonly endpointNames: readonly string[];
  /** What the RDS record says. */
  readonly allocatedGibibytes: number;
  /** Folder of PostgreSQL's programs. */
  readonly programs: string;
  /** A folder for the certificates. */
  readonly folder: string;
}

/** A user of the database, with the password that was made for this run. */
export interface DatabaseUser {
  readonly username: string;
  readonly password: string;
}

/** What RDS would tell of the database through its metrics. */
export interface DatabaseReading {
  readonly sessions: number;
  readonly freeStorageBytes: number;
}

/** A gibibyte of the RDS record is this much of the node's disk, which is memory. */
const MEGABYTES_PER_GIBIBYTE = 8;

/** Shorter than the distance of two measurements, so that an engine that hangs does not hold them up. */
const READING_TIME_LIMIT_MS = 600;

const SESSIONS = "SELECT count(*)::int AS sessions FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";

/**
 * The PostgreSQL behind the RDS record: a primary and a standby that has all that was committed, each on a machine of its own, and an
 * endpoint that leads to whichever is the primary.
 */
export class OrdersDatabase implements DatabaseMachine {
  readonly endpoint: Relay;
  /** Port of the endpoint on the host. */
  readonly port: number;
  readonly certificate: ServerCertificate;
  /** The application's user. */
  readonly shop: DatabaseUser = { username: 'shop', password: randomBytes(12).toString('hex') };
  /** The pipeline's user, with the rights that docs/tuning.md names. */
  readonly healer: DatabaseUser = { username: 'healer', password: randomBytes(12).toString('hex') };
  readonly #options: OrdersDatabaseOptions;
  #machines: { readonly primary: PostgresqlNode; readonly standby: PostgresqlNode } | undefined;
  #replication: Relay | undefined;
  #closed: ClosedPort | undefined;
  /** The old primary's way to become a standby, after a failover. */
  #rebuilding: Promise<void> = Promise.resolve();

  private constructor(options: OrdersDatabaseOptions, certificate: ServerCertificate, endpoint: Relay, port: number) {
    this.#options = options;
    this.certificate = certificate;
    this.endpoint = endpoint;
    this.port = port;
  }

  /** Makes what must be known before the stack is synthesized: the endpoint and its certificate. Nothing answers there yet. */
  static async open(options: OrdersDatabaseOptions): Promise<OrdersDatabase> {
    const certificate = await makeCertificate(options.folder, options.endpointNames);
    const endpoint = new Relay(() => opened.primary.gate);
    const port = await endpoint.listen(0);
    const opened = new OrdersDatabase(options, certificate, endpoint, port);
    return opened;
  }

  get primary(): PostgresqlNode {
    return this.#both().primary;
  }

  get standby(): PostgresqlNode {
    return this.#both().standby;
  }

  /** Boots both machines, makes the database with its users and a table, and has the standby follow. */
  async start(): Promise<void> {
    const [primary, standby] = await Promise.all(this.#options.nodes.map((name, index) => this.#boot(name, index)));
    if (!primary || !standby) throw new Error('the database needs two machines');
    this.#machines = { primary, standby };
    await primary.create(this.#options.database, [
      `CREATE USER ${this.shop.username} PASSWORD '${this.shop.password}'`,
      `CREATE USER ${this.healer.username} PASSWORD '${this.healer.password}'`,
      `GRANT pg_read_all_stats, pg_signal_backend TO ${this.healer.username}`,
      'CREATE TABLE orders (id int PRIMARY KEY, amount int NOT NULL)',
      'INSERT INTO orders VALUES (1, 0)',
      `GRANT SELECT, INSERT, UPDATE ON orders TO ${this.shop.username}`,
    ]);
    await this.#rebuild(standby, primary);
  }

  /** Restarts the engine in its place, or cuts the power of the primary and has the standby take over. */
  async reboot(_identifier: string, forceFailover: boolean): Promise<void> {
    if (forceFailover) await this.#failOver();
    else await this.primary.restart();
  }

  /** Grows the disks of both machines while they are in use. */
  async grow(_identifier: string, gibibytes: number): Promise<void> {
    for (const machine of [this.primary, this.standby]) machine.growDisk(gibibytes * MEGABYTES_PER_GIBIBYTE);
  }

  /** Asks the primary as its owner. */
  query<Row extends Record<string, unknown>>(text: string): Promise<readonly Row[]> {
    return this.primary.query<Row>(text, this.#options.database);
  }

  /** Undefined when the engine does not answer: RDS has no data of it then, either. */
  async measure(): Promise<DatabaseReading | undefined> {
    if (!this.#machines) return undefined;
    const { primary } = this.#machines;
    const rows = await primary.query<{ sessions: number }>(SESSIONS, this.#options.database, READING_TIME_LIMIT_MS).catch(() => []);
    const [row] = rows;
    if (!row || !primary.node.isUp()) return undefined;
    const { bavail, bsize } = await statfs(primary.node.folder.disk);
    const freeStorageBytes = bavail * bsize * (1024 / MEGABYTES_PER_GIBIBYTE);
    return { sessions: row.sessions, freeStorageBytes };
  }

  /** Has the endpoint let in nobody new at its port, as a security group does that was changed. The application has another way in. */
  async shutOut(): Promise<void> {
    await this.endpoint.leave(this.port);
    this.#closed = await closePort(this.port);
  }

  /** Lets everybody in again. */
  async letIn(): Promise<void> {
    if (!this.#closed) return;
    await this.#closed.open();
    this.#closed = undefined;
    await this.endpoint.listen(this.port);
  }

  /** Waits until there is a standby again. */
  async settled(): Promise<void> {
    await this.#rebuilding;
  }

  async stop(): Promise<void> {
    await this.#closed?.open();
    await this.#rebuilding.catch(() => undefined);
    await this.endpoint.close();
    await this.#replication?.close();
    if (this.#machines) await Promise.all([this.primary.node.destroy(), this.standby.node.destroy()]);
  }

  #both() {
    if (!this.#machines) throw new Error('the database is not started');
    return this.#machines;
  }

  async #failOver(): Promise<void> {
    await this.#rebuilding;
    const { primary: lost, standby } = this.#both();
    this.endpoint.vanish();
    await lost.node.powerOff();
    await standby.promote();
    this.#machines = { primary: standby, standby: lost };
    this.#rebuilding = lost.node.powerOn().then(() => this.#rebuild(lost, standby));
    this.#rebuilding.catch((error) => console.error('There is no standby after the failover:', error));
  }

  async #rebuild(standby: PostgresqlNode, primary: PostgresqlNode): Promise<void> {
    await this.#replication?.close();
    this.#replication = await standby.follow(primary);
  }

  #boot(name: string, index: number): Promise<PostgresqlNode> {
    const { programs, allocatedGibibytes } = this.#options;
    return PostgresqlNode.boot({
      name,
      instanceId: `i-0da7aba5e0000000${index}`,
      diskMegabytes: allocatedGibibytes * MEGABYTES_PER_GIBIBYTE,
      programs,
      certificate: this.certificate,
    });
  }
}
