import * as z from 'zod';
import { connectionName } from '../core/database-connection.ts';
import { type Duration, durationSchema, inWords, milliseconds } from '../core/duration.ts';
import { Defect, TryAgain } from '../core/failure.ts';
import type { DatabaseSession, RemedyPorts } from '../core/ports.ts';
import type { Target } from '../core/target.ts';
import { defineRemediator } from './remediator.ts';

/** Users of the engines themselves, beside those that the adapter recognises by their rights. */
const ALWAYS_PROTECTED = ['event_scheduler', 'system user', 'mysql.sys', 'mysql.session', 'mysql.infoschema', 'mariadb.sys'];

/** With this begin the users of RDS itself: its administrator, and those of its proxy, replication and forwarding of writes. */
const OF_RDS = 'rds';

/** Shorter ones are ordinary work. */
const limitSchema = durationSchema.refine((limit) => milliseconds(limit) >= 1_000, 'must be at least 1 second');

const paramsSchema = z.strictObject({
  /** Ends sessions that have kept a transaction open and done nothing for this long. @default 5 minutes, longer than a person's pause in a transaction should be */
  idleFor: limitSchema.default({ minutes: 5 }),
  /** Ends sessions for which others have waited this long. @default 1 minute, when clients have usually given up */
  blockingFor: limitSchema.default({ minutes: 1 }),
  /** Most sessions to end at once. @default 20 */
  atMost: z.int().min(1).max(100).default(20),
  /**
   * Users whose sessions are never ended, beside the administrators, replication and the pipeline's own. MySQL and MariaDB tell nobody
   * who is an administrator: there they are `root` and `admin`, and every other one belongs in this list. @default none
   */
  protect: z.array(z.string().min(1).max(128)).max(50).default([]),
  /** Writes the last statement of ended sessions into the history; it may hold personal data, and MySQL has none for idle ones. @default false */
  queryText: z.boolean().default(false),
});

type Params = z.output<typeof paramsSchema>;

interface Ended {
  readonly user: string;
  readonly application: string;
  readonly state: string;
  readonly since?: string;
  readonly query?: string;
}

interface Receipt {
  readonly ended: readonly Ended[];
  /** How many sessions had ended or moved on by themselves. */
  readonly gone: number;
  readonly denied: readonly string[];
}

interface Observed {
  readonly database: string;
  readonly sessions: readonly DatabaseSession[];
  readonly unreachable?: string;
  readonly receipt?: Receipt;
}

interface Plan {
  readonly database: string;
  readonly sessions: readonly DatabaseSession[];
}

/**
 * Ends sessions that hold up others, at the database itself.
 *
 * Cures what: a transaction that a client left open, with its locks and its connection; a statement that others wait for.
 * Does what in AWS: reads the database's login (`secretsmanager:GetSecretValue`), and ends the sessions in SQL; who they were goes into
 * the history. Its function stands in the network of the database, so it needs the access of `Database.instance(id, access)`.
 * Can harm what: the work of those sessions is rolled back, and their clients must connect again.
 * Of a cluster it is the writer whose sessions are ended, since its host is the writer endpoint.
 * Refuses when: the database cannot be reached, or no session is over a limit whose user may be touched (next rung). Never those
 * of administrators, replication, the pipeline's own user, `protect`, or a name that begins with `rds`, as those of RDS do. PostgreSQL
 * tells who is an administrator; in MySQL and MariaDB they are known by the names `root` and `admin` alone. From 8.0 on MySQL shows who
 * holds up others only where `performance_schema` is on; else what is idle in a transaction is ended, and that others wait is only told.
 * Who waits for an advisory lock and holds up nobody else counts as held up by nobody. Where others wait for a prepared transaction, which
 * has no session, the refusal names it and what ends it.
 * Safe twice: yes; a session is ended only while it is the one that was seen, in the same transaction.
 * Proved by: `contract/release-sessions`, `unit/remediators/release-sessions`.
 */
export const remediator = defineRemediator<'sessions', typeof paramsSchema, Observed, Plan, Receipt>({
  name: 'release-sessions',
  targets: ['database', 'database-cluster'],
  acts: true,
  cost: 'service',
  network: 'database',
  params: paramsSchema,
  settle: { seconds: 30 },
  verifyWithin: { minutes: 5 },
  // The act ends with the function that does it.
  longest: () => ({ seconds: 0 }),
  ports: { sessions: true },
  permissions: {
    observe: [{ actions: ['secretsmanager:GetSecretValue'], on: 'login' }],
    execute: [{ actions: ['secretsmanager:GetSecretValue'], on: 'login' }],
  },
  observe: (target, params, ports, receipt) => observe(databaseOf(target), params, ports, receipt),
  plan({ database, sessions, unreachable }, params) {
    if (unreachable !== undefined) return { refusal: 'not-applicable', why: `the database cannot be reached: ${unreachable}` };
    const over = sessions.filter((session) => isOver(session, params));
    const unreached = over.flatMap(({ sessionless }) => sessionless ?? []);
    const held = over.filter((session) => session.sessionless === undefined);
    const free = held.filter((session) => !isProtected(session, params)).toSorted(byHarm);
    if (free.length > 0) return { database, sessions: free.slice(0, params.atMost) };
    const spared = held.length === 0 ? '' : `; ${held.length} belong to protected users`;
    const notes = unreached.length === 0 ? '' : `; others wait for what cannot be ended from here: ${unreached.slice(0, 3).join('; ')}`;
    const limits = `idle in a transaction for ${words(params.idleFor)} or blocks others for ${words(params.blockingFor)}`;
    return { refusal: 'not-applicable', why: `no session of the database is ${limits}${spared}${notes}` };
  },
  summary: ({ database, sessions }) =>
    `end ${sessions.length} stuck ${sessions.length === 1 ? 'session' : 'sessions'} of database ${database}`,
  async execute({ plan: { database, sessions } }, ports) {
    const ends = await ports.sessions.end(database, sessions);
    const denied = ends.flatMap((end) => (end.kind === 'denied' ? [end.why] : []));
    const ended = sessions.filter((_, index) => ends[index]?.kind === 'ended').map(remembered);
    if (ended.length === 0 && denied.length > 0) throw new Defect(`the database let no session be ended: ${denied[0]}`, undefined);
    return { ended, gone: ends.filter(({ kind }) => kind === 'gone').length, denied };
  },
  assess(_plan, { receipt }) {
    if (!receipt) return { kind: 'unknown', why: 'there is no record of what was ended' };
    return { kind: 'done', detail: `${receipt.ended.length} ended, ${receipt.gone} gone by themselves, ${receipt.denied.length} denied` };
  },
});

/** What became of the sessions was known at once, and is in the receipt: whoever verifies need not reach the database. */
async function observe(
  database: string,
  { queryText }: Params,
  ports: Pick<RemedyPorts, 'sessions'>,
  receipt?: Receipt,
): Promise<Observed> {
  if (receipt) return { database, sessions: [], receipt };
  try {
    return { database, sessions: await ports.sessions.stuck(database, { queryText }) };
  } catch (error) {
    if (error instanceof TryAgain) return { database, sessions: [], unreachable: error.message };
    throw error;
  }
}

function isOver({ idleSeconds = 0, blockingSeconds = 0 }: DatabaseSession, { idleFor, blockingFor }: Params): boolean {
  return idleSeconds * 1_000 >= milliseconds(idleFor) || blockingSeconds * 1_000 >= milliseconds(blockingFor);
}

function isProtected({ user, protection }: DatabaseSession, { protect }: Params): boolean {
  return protection !== undefined || user.startsWith(OF_RDS) || ALWAYS_PROTECTED.includes(user) || protect.includes(user);
}

/** Those that most others wait for come first, then the longest idle. */
function byHarm(one: DatabaseSession, other: DatabaseSession): number {
  return other.blocked - one.blocked || (other.idleSeconds ?? 0) - (one.idleSeconds ?? 0);
}

function remembered({ user, application, state, since, query }: DatabaseSession): Ended {
  return { user, application, state, ...(since !== undefined && { since }), ...(query !== undefined && { query }) };
}

function words(limit: Duration): string {
  return inWords(milliseconds(limit));
}

function databaseOf(target: Target): string {
  if (target.kind !== 'database' && target.kind !== 'database-cluster')
    throw new TypeError(`sessions belong to a database, not to a ${target.kind}`);
  return connectionName(target);
}
