/**
 * The application of the database: a page that says whether an order can be looked up, through PgBouncer on the same
 * machine. Until it is told to open it asks no database, so that a fault of the database is no fault of this page.
 *
 *   GET /          200 when closed, or when the order was found; 503 when the database did not answer in time
 *   GET /open      opens, after the pool has as many connections: ?connections=20
 *   GET /close     closes
 */
import { createServer } from 'node:http';
import { Socket } from 'node:net';
import pg from 'pg';

/** What a visitor would wait; a request that takes longer gives its connection up, as web frameworks do. */
const ANSWER_WITHIN_MS = 1_000;

/** A pool opens its connections one after the other. */
const FILLED_WITHIN_MS = 30_000;

let open = false;

/** Does something over a connection of its own to the pool; one that takes too long is cut. */
async function visit(withinMs: number, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const { POOL_FOLDER: host, DATABASE: database } = process.env;
  const socket = new Socket();
  const client = new pg.Client({ host, port: 6432, user: 'checkout', database, stream: () => socket });
  // What breaks is told by the query; without a listener it would end the process.
  client.on('error', () => undefined);
  const late = setTimeout(() => socket.destroy(new Error(`no answer within ${withinMs} ms`)), withinMs);
  try {
    await client.connect();
    await work(client);
    await client.end();
  } finally {
    clearTimeout(late);
  }
}

/** Each open transaction keeps a connection of the pool to itself, until all of them are there. */
async function fillPool(connections: number): Promise<void> {
  const all = Promise.withResolvers<void>();
  let begun = 0;
  const hold = async (client: pg.Client) => {
    await client.query('BEGIN');
    begun += 1;
    if (begun === connections) all.resolve();
    await all.promise;
    await client.query('COMMIT');
  };
  await Promise.all(Array.from({ length: connections }, () => visit(FILLED_WITHIN_MS, hold)));
}

async function answer(url: URL): Promise<{ readonly status: number; readonly text: string }> {
  if (url.pathname === '/open') {
    await fillPool(Number(url.searchParams.get('connections')));
    open = true;
  }
  if (url.pathname === '/close') open = false;
  if (!open) return { status: 200, text: 'closed' };
  await visit(ANSWER_WITHIN_MS, (client) => client.query('SELECT amount FROM orders WHERE id = 1'));
  return { status: 200, text: 'the order was found' };
}

const server = createServer((request, response) => {
  answer(new URL(request.url ?? '/', 'http://checkout')).then(
    ({ status, text }) => response.writeHead(status).end(`${text}\n`),
    (error) => response.writeHead(503).end(`the order cannot be looked up: ${error.message}\n`),
  );
});
server.listen(process.env.SOCKET);
console.log('the checkout is listening');
