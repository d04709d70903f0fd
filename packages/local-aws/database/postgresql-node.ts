import { writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { bootNode, type ManagedNode } from '../nodes/managed-node.ts';
import { growTemporaryDisk } from '../nodes/mounts.ts';
import type { ServerCertificate } from './certificates.ts';
import {
  admissions,
  DATA_FOLDER,
  DATABASE_UNIT,
  databaseUnit,
  GATE,
  gateUnits,
  PRIMARY_FOLDER,
  SOCKET_FOLDER,
  settings,
} from './postgresql-configuration.ts';
import { Relay } from './relay.ts';

export interface PostgresqlNodeOptions {
  readonly name: string;
  readonly instanceId: string;
  readonly diskMegabytes: number;
  /** Folder of PostgreSQL's programs. */
  readonly programs: string;
  readonly certificate: ServerCertificate;
}

/** A base backup or a start takes about a second; a crowded machine may need several. */
const DEED_TIME_LIMIT_MS = 60_000;

/** An engine that is well answers in milliseconds. */
const ANSWER_TIME_LIMIT_MS = 2_000;

/** A machine with one PostgreSQL, primary or standby. */
export class PostgresqlNode {
  readonly node: ManagedNode;
  readonly #options: PostgresqlNodeOptions;

  private constructor(node: ManagedNode, options: PostgresqlNodeOptions) {
    this.node = node;
    this.#options = options;
  }

  /** Boots the machine; it has no engine yet. */
  static async boot(options: PostgresqlNodeOptions): Promise<PostgresqlNode> {
    const node = await bootNode(options);
    const units = `${node.folder.root}/etc/systemd/system`;
    for (const [name, text] of Object.entries({ [DATABASE_UNIT]: databaseUnit(options.programs), ...gateUnits }))
      writeFileSync(`${units}/${name}`, text);
    const booted = new PostgresqlNode(node, options);
    await booted.#run('systemctl daemon-reload; systemctl enable --now --quiet database-gate.socket');
    return booted;
  }

  /** Makes a new cluster of this node and runs statements in it. */
  async create(database: string, statements: readonly string[]): Promise<void> {
    const { programs, certificate } = this.#options;
    await this.#emptyDataFolder();
    const methods = '--auth-local=trust --auth-host=scram-sha-256';
    await this.#run(`runuser -u postgres -- ${programs}/initdb -D ${DATA_FOLDER} -U postgres -N -E UTF8 --wal-segsize=1 ${methods}`);
    await this.#write('postgresql.auto.conf', settings);
    await this.#write('pg_hba.conf', admissions);
    await this.#write('server.pem', certificate.certificate);
    await this.#write('server.key', certificate.key);
    await this.restart();
    await this.query(`CREATE DATABASE ${database}`, 'postgres');
    for (const statement of statements) await this.query(statement, database);
  }

  /** Makes this node the standby of another, with a copy of its data, and waits until it follows it. */
  async follow(primary: PostgresqlNode): Promise<Relay> {
    const { programs } = this.#options;
    await this.#emptyDataFolder();
    await this.#run(`mkdir -p ${PRIMARY_FOLDER}; rm -f ${PRIMARY_FOLDER}/.s.PGSQL.5432`);
    const line = new Relay(() => primary.inside(`${SOCKET_FOLDER}/.s.PGSQL.5432`));
    await line.listen(this.#path(`${PRIMARY_FOLDER}/.s.PGSQL.5432`));
    const copy = `${programs}/pg_basebackup -h ${PRIMARY_FOLDER} -U postgres -D ${DATA_FOLDER} -R -X stream --checkpoint=fast`;
    await this.#run(`runuser -u postgres -- ${copy}`);
    await this.restart();
    await primary.#waitForStandby();
    return line;
  }

  /** From now on nothing is committed that the standby does not have, as with RDS Multi-AZ. */
  async #waitForStandby(): Promise<void> {
    await this.query("ALTER SYSTEM SET synchronous_standby_names = '*'", 'postgres');
    await this.query('SELECT pg_reload_conf()', 'postgres');
    const deadline = Date.now() + DEED_TIME_LIMIT_MS;
    const isSynchronous = "SELECT FROM pg_stat_replication WHERE sync_state = 'sync'";
    while ((await this.query(isSynchronous, 'postgres')).length === 0) {
      if (Date.now() > deadline) throw new Error(`no standby follows ${this.node.name}`);
      await sleep(50);
    }
  }

  /** Makes a standby the primary. */
  async promote(): Promise<void> {
    await this.query('SELECT pg_promote(true, 30)', 'postgres', DEED_TIME_LIMIT_MS);
  }

  /** Starts the engine, or restarts it, which ends every session. Resolves when it takes connections. */
  async restart(): Promise<void> {
    await this.#run(`systemctl restart ${DATABASE_UNIT}`);
  }

  /** Stops every process of the engine in its tracks: the port is open, and nobody answers. */
  async freeze(): Promise<void> {
    await this.#run(`systemctl kill --signal=SIGSTOP ${DATABASE_UNIT}`);
  }

  growDisk(megabytes: number): void {
    growTemporaryDisk(this.node.folder.disk, megabytes);
  }

  /** What the engine logged since a time, with the time of each line. */
  async log(since: number): Promise<readonly { readonly at: number; readonly line: string }[]> {
    const { stdout } = await this.node.exec(['journalctl', '--quiet', '--unit', DATABASE_UNIT, '--output=json']);
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((text) => JSON.parse(text) as { MESSAGE?: unknown; __REALTIME_TIMESTAMP: string })
      .map(({ MESSAGE, __REALTIME_TIMESTAMP }) => ({ at: Number(__REALTIME_TIMESTAMP) / 1_000, line: String(MESSAGE) }))
      .filter(({ at }) => at >= since);
  }

  /** Asks the engine on its own machine, as its owner. Rejects when it does not answer. */
  async query<Row extends pg.QueryResultRow>(text: string, database: string, timeoutMs = ANSWER_TIME_LIMIT_MS): Promise<readonly Row[]> {
    const socket = new Socket();
    const client = new pg.Client({
      stream: () => socket,
      host: this.#path(SOCKET_FOLDER),
      user: 'postgres',
      database,
      application_name: 'rehearsal',
      connectionTimeoutMillis: timeoutMs,
      query_timeout: timeoutMs,
    });
    // What breaks while nothing is asked is told by the next question, and there is none.
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<Row>(text);
      await client.end();
      return rows;
    } finally {
      // Also for an engine that does not answer, whose goodbye would be waited for in vain.
      socket.destroy();
    }
  }

  /** Path of the engine's TCP port for the host; undefined while the node is down. */
  get gate(): string | undefined {
    return this.inside(GATE);
  }

  /** A path inside the node as the host sees it, while the node is up. */
  inside(path: string): string | undefined {
    const init = this.node.initPid();
    return init === undefined ? undefined : `/proc/${init}/root${path}`;
  }

  #path(path: string): string {
    const found = this.inside(path);
    if (found === undefined) throw new Error(`${this.node.name} is down`);
    return found;
  }

  async #emptyDataFolder(): Promise<void> {
    await this.#run(`systemctl stop ${DATABASE_UNIT}; rm -rf ${DATA_FOLDER}; install -d -o postgres -g postgres -m 700 ${DATA_FOLDER}`);
  }

  async #write(file: string, text: string): Promise<void> {
    const path = `${DATA_FOLDER}/${file}`;
    await this.#run(`cat > ${path}; chown postgres:postgres ${path}; chmod 600 ${path}`, text);
  }

  async #run(script: string, stdin = ''): Promise<void> {
    const { exitCode, stdout, stderr } = await this.node.exec(`set -e\n${script}`, { stdin, timeoutMs: DEED_TIME_LIMIT_MS });
    if (exitCode !== 0) throw new Error(`${this.node.name}: ${script.split('\n')[0]}: ${(stderr || stdout).trim()}`);
  }
}
