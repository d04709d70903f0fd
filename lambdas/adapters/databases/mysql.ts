import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type Connection, createConnection } from 'mysql2/promise';
import type { DatabaseLink, LinkRequest } from './link.ts';

/** The driver's own words for a handshake that failed before any login. */
const TLS_FAILURES: readonly unknown[] = ['HANDSHAKE_SSL_ERROR', 'HANDSHAKE_NO_SSL_SUPPORT'];

/**
 * A connection to MySQL or MariaDB. It is one connection from the first byte on: a server counts those that are broken
 * off during the handshake and locks out a client that does it often (`max_connect_errors`). The driver does not say when
 * TLS is done, so that a server that falls silent in the middle of a login looks as if it did so in TLS.
 */
export async function openMysql(request: LinkRequest): Promise<DatabaseLink> {
  const { connection, passed, signal } = request;
  const socket = connect({ host: connection.host, port: connection.port, noDelay: true });
  signal.addEventListener('abort', () => socket.destroy(signal.reason), { once: true });
  await once(socket, 'connect');
  passed('tcp');
  const client = await logIn(request, socket);
  passed('tls');
  passed('login');
  let broken: Error | undefined;
  client.on('error', (error: Error) => {
    broken = error;
  });
  return {
    async query<Row extends object>(text: string, values: readonly unknown[] = []) {
      if (broken) throw broken;
      const [rows] = await client.query(text, [...values]);
      return (Array.isArray(rows) ? rows : []) as unknown as readonly Row[];
    },
    close: () => client.end(),
  };
}

async function logIn({ connection, login, authorities, passed }: LinkRequest, socket: Socket): Promise<Connection> {
  try {
    return await createConnection({
      host: connection.host,
      port: connection.port,
      database: connection.database,
      user: login.user,
      password: login.password,
      stream: socket,
      ssl: { ca: [...authorities], verifyIdentity: true, minVersion: 'TLSv1.2' },
      // RDS wants a token as plain text, which only ever travels inside of TLS; a password never leaves so.
      enableCleartextPlugin: connection.login.kind === 'iam',
    });
  } catch (error) {
    socket.destroy();
    if (!TLS_FAILURES.includes((error as { code?: unknown }).code)) passed('tls');
    throw error;
  }
}
