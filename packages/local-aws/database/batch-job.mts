/**
 * A client that treats the database badly, in one of two ways: `leak` opens sessions and never returns one; `lock` leaves a transaction
 * open that others must wait for. Speaks to the endpoint over TLS with its own connections.
 */
import { readFileSync } from 'node:fs';
import pg from 'pg';

const { ENDPOINT, DATABASE, DATABASE_USER, DATABASE_PASSWORD, AUTHORITY = '', SESSIONS } = process.env;
const sessions = Number(SESSIONS);

async function connect(name: string): Promise<pg.Client> {
  const client = new pg.Client({
    host: ENDPOINT,
    port: 5432,
    user: DATABASE_USER,
    password: DATABASE_PASSWORD,
    database: DATABASE,
    application_name: name,
    ssl: { ca: readFileSync(AUTHORITY, 'utf8') },
  });
  client.on('error', (error) => console.log(`${name}: ${error.message}`));
  await client.connect();
  return client;
}

const modes: Readonly<Record<string, () => Promise<void>>> = {
  async leak() {
    for (let session = 1; session <= sessions; session += 1) await connect(`leak ${session}`);
  },
  async lock() {
    const holder = await connect('forgotten');
    await holder.query('BEGIN');
    await holder.query('UPDATE orders SET amount = amount + 1 WHERE id = 1');
    for (let session = 1; session <= sessions; session += 1) {
      const waiting = await connect(`order ${session}`);
      void waiting.query('UPDATE orders SET amount = amount + 1 WHERE id = 1').then(() => waiting.end());
    }
  },
};

modes[process.argv[2] ?? '']?.().then(() => console.log('there are as many sessions as were asked for'));
// Sessions that the database ended leave nothing to wait for; the job runs until it is stopped.
setInterval(() => undefined, 60_000);
