import { Socket } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import pg from 'pg';
import type { DatabaseLink, LinkRequest } from './link.ts';

/** A connection to PostgreSQL. The driver reconnects nothing by itself. */
export async function openPostgresql({ connection, login, authorities, application, passed, signal }: LinkRequest): Promise<DatabaseLink> {
  const socket = new Socket();
  socket.once('connect', () => passed('tcp'));
  const client = new pg.Client({
    host: connection.host,
    port: connection.port,
    database: connection.database,
    user: login.user,
    password: login.password,
    application_name: application,
    stream: () => socket,
    ssl: {
      ca: [...authorities],
      // Called once the chain is trusted; the name is the last thing that is checked.
      checkServerIdentity(host, certificate) {
        const mismatch = checkServerIdentity(host, certificate);
        if (!mismatch) passed('tls');
        return mismatch;
      },
    },
  });
  // A connection that breaks while nothing runs is told here and by the next query; without a listener it would end the process.
  let broken: Error | undefined;
  client.on('error', (error) => {
    broken = error;
  });
  signal.addEventListener('abort', () => socket.destroy(), { once: true });
  try {
    await client.connect();
  } catch (error) {
    socket.destroy();
    throw error;
  }
  passed('login');
  return {
    async query(text, values = []) {
      if (broken) throw broken;
      return (await client.query(text, [...values])).rows;
    },
    async close() {
      await client.end();
    },
  };
}
