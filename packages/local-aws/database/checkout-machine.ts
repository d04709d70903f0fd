import { chmodSync, cpSync, globSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import type { ManagedNode } from '../nodes/managed-node.ts';
import { NODE_BINARY, SERVICE_FOLDER } from '../nodes/service-units.ts';
import type { OrdersDatabase } from './orders-database.ts';

export interface CheckoutOptions {
  readonly database: string;
  /** The name of the endpoint for the application. */
  readonly endpointName: string;
  /** Folder below which PgBouncer's package is unpacked. */
  readonly pgbouncer: string;
}

const SETTINGS_FOLDER = '/etc/checkout';
const AUTHORITY = `${SETTINGS_FOLDER}/authority.pem`;
const POOL_FOLDER = '/var/run/postgresql';
/** PgBouncer and the libraries that came with it. */
const PGBOUNCER_FOLDER = `${SERVICE_FOLDER}/pgbouncer`;

/** The page's socket file inside the node. */
export const CHECKOUT_SOCKET = '/run/checkout/http.sock';
/** Where the endpoint of the database comes into the node. */
const ENDPOINT_SOCKET = '/run/database-endpoint.sock';

/** Node.js starts in a fraction of a second; a crowded machine may need several. */
const LISTENS_WITHIN_MS = 120_000;

/** Puts the application of the database onto a node: its page, PgBouncer beside it, and the way to the endpoint. */
export async function installCheckout(node: ManagedNode, orders: OrdersDatabase, options: CheckoutOptions): Promise<void> {
  const { root } = node.folder;
  for (const program of ['checkout-service', 'batch-job']) bundle(program, `${root}${SERVICE_FOLDER}/${program}.cjs`);
  installPgbouncer(root, options.pgbouncer);
  const put = (path: string, text: string, mode = 0o644) => {
    mkdirSync(dirname(`${root}${path}`), { recursive: true });
    writeFileSync(`${root}${path}`, text);
    chmodSync(`${root}${path}`, mode);
  };
  for (const [name, text] of Object.entries(units(options))) put(`/etc/systemd/system/${name}`, text);
  put(AUTHORITY, orders.certificate.authority);
  put(`${SETTINGS_FOLDER}/batch.env`, environment(orders, options));
  put(`${SETTINGS_FOLDER}/pgbouncer.ini`, pgbouncerSettings(orders, options));
  await orders.endpoint.listen(`/proc/${node.initPid()}/root${ENDPOINT_SOCKET}`);
  const start = `printf '127.0.0.1 %s\\n' '${options.endpointName}' >> /etc/hosts
chown -R postgres ${SETTINGS_FOLDER}; chmod 600 ${SETTINGS_FOLDER}/batch.env ${SETTINGS_FOLDER}/pgbouncer.ini
systemctl daemon-reload && systemctl start database-endpoint.socket pgbouncer checkout`;
  const { exitCode, stderr } = await node.exec(`set -e\n${start}`);
  if (exitCode !== 0) throw new Error(`the checkout did not start: ${stderr.trim()}`);
  await untilListening(node);
}

async function untilListening(node: ManagedNode): Promise<void> {
  const deadline = Date.now() + LISTENS_WITHIN_MS;
  while (!(await node.request('/', { socket: CHECKOUT_SOCKET })).answered) {
    if (Date.now() > deadline) throw new Error('the checkout does not answer after its start');
    await sleep(50);
  }
}

/** One file with the driver in it, since a node sees no folder of packages. */
function bundle(program: string, outfile: string): void {
  buildSync({
    entryPoints: [fileURLToPath(new URL(`${program}.mts`, import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['pg-native', 'pg-cloudflare'],
  });
}

/** The program and the libraries that came with it, from where its package is. */
function installPgbouncer(root: string, from: string): void {
  const to = `${root}${PGBOUNCER_FOLDER}`;
  mkdirSync(to, { recursive: true });
  cpSync(`${from}/usr/sbin/pgbouncer`, `${to}/pgbouncer`);
  if (from === '/') return;
  for (const library of globSync(`${from}/usr/lib/**/*.so*`)) cpSync(library, `${to}/${basename(library)}`, { verbatimSymlinks: true });
}

function units({ endpointName, database }: CheckoutOptions): Readonly<Record<string, string>> {
  const program = (name: string) => `${NODE_BINARY} ${SERVICE_FOLDER}/${name}.cjs`;
  return {
    'database-endpoint.socket': '[Socket]\nListenStream=127.0.0.1:5432\n',
    'database-endpoint.service': `[Service]\nExecStart=/usr/lib/systemd/systemd-socket-proxyd ${ENDPOINT_SOCKET}\n`,
    'pgbouncer.service': `[Service]
User=postgres
RuntimeDirectory=postgresql
Environment=LD_LIBRARY_PATH=${PGBOUNCER_FOLDER}
ExecStart=${PGBOUNCER_FOLDER}/pgbouncer ${SETTINGS_FOLDER}/pgbouncer.ini
`,
    'checkout.service': `[Service]
RuntimeDirectory=checkout
Environment=SOCKET=${CHECKOUT_SOCKET} POOL_FOLDER=${POOL_FOLDER} DATABASE=${database}
ExecStart=${program('checkout-service')}
`,
    'batch@.service': `[Service]
EnvironmentFile=${SETTINGS_FOLDER}/batch.env
Environment=ENDPOINT=${endpointName} AUTHORITY=${AUTHORITY}
ExecStart=${program('batch-job')} %i
`,
  };
}

function environment({ shop }: OrdersDatabase, { database }: CheckoutOptions): string {
  return `DATABASE=${database}\nDATABASE_USER=${shop.username}\nDATABASE_PASSWORD=${shop.password}\n`;
}

/** PgBouncer's own defaults wherever nothing speaks against them, the size of its pool included. */
function pgbouncerSettings({ shop }: OrdersDatabase, { database, endpointName }: CheckoutOptions): string {
  return `[databases]
${database} = host=${endpointName} port=5432 user=${shop.username} password=${shop.password}
[pgbouncer]
unix_socket_dir = ${POOL_FOLDER}
listen_port = 6432
auth_type = any
pool_mode = transaction
server_tls_sslmode = verify-full
server_tls_ca_file = ${AUTHORITY}
`;
}
