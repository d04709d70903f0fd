import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { freePorts } from '@self-healing/local-aws/ministack/free-port.ts';
import { type Connection, createConnection } from 'mysql2/promise';
import { makeCertificates } from './certificates.ts';
import { installDebianPackages } from './debian-packages.ts';
import { type DatabaseServer, giveTo, plainUser, removeFolder, type ServerProcess, serverFolder, startServer } from './server-process.ts';

const SERVER = '/usr/sbin/mariadbd';

/** Empty when MariaDB can run here, else why not. The core packages have the server and what makes its tables, without a system service. */
export const whyNoMariadb = await installDebianPackages(
  ['mariadb-server-core', 'mariadb-client-core'],
  () => existsSync(SERVER) && existsSync('/usr/bin/my_print_defaults'),
);

/** A MariaDB server. Over TCP its user `probe` logs in with the password and TLS; its administrator is `root`; a client's detail is the database. */
export type Mariadb = DatabaseServer<Connection>;

/** The least that MariaDB takes. One more is kept for an administrator. */
export const MARIADB_CONNECTIONS = 10;

/** Makes and starts a server with a folder of its own. */
export async function startMariadb(): Promise<Mariadb> {
  const [port = 0] = await freePorts(1);
  const folder = serverFolder('mariadb');
  const user = plainUser('nobody');
  const certificates = makeCertificates(folder);
  const password = 'correct horse';
  // A server that starts removes the temporary tables it finds, also those of another server that has the same folder for them.
  const tmpdir = `${folder}/tmp`;
  mkdirSync(tmpdir);
  giveTo(user, folder);
  const data = `${folder}/data`;
  const socketPath = `${folder}/socket`;
  const install = [
    '--no-defaults',
    `--datadir=${data}`,
    `--tmpdir=${tmpdir}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
  ];
  execFileSync('mariadb-install-db', install, { ...user, cwd: folder, stdio: 'pipe' });
  let server: ServerProcess | undefined;
  const client = async (name = 'root', database = 'information_schema') => {
    const made = await createConnection({ socketPath, user: name, database });
    made.on('error', () => undefined); // sessions of the tests are ended on purpose
    return made;
  };
  const run = async (text: string) => {
    const administrator = await client();
    try {
      const [rows] = await administrator.query(text);
      return Array.isArray(rows) ? (rows as unknown as readonly Record<string, unknown>[]) : [];
    } finally {
      await administrator.end();
    }
  };
  const started: Mariadb = {
    port,
    certificates,
    password,
    client,
    run,
    async start({ certificate = 'valid', tls = true } = {}) {
      const { certificate: file, key } = certificates[certificate];
      const settings = {
        datadir: data,
        tmpdir,
        socket: socketPath,
        port,
        'bind-address': '127.0.0.1',
        'max-connections': MARIADB_CONNECTIONS,
        ...(tls ? { 'ssl-cert': file, 'ssl-key': key } : { 'skip-ssl': '1' }),
        'innodb-buffer-pool-size': '16M',
        'innodb-flush-log-at-trx-commit': 0,
        'pid-file': `${folder}/pid`,
      };
      const args = Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
      server = await startServer(SERVER, ['--no-defaults', ...args], { ...user, cwd: folder, ready: () => run('SELECT 1') });
    },
    async stop() {
      await server?.stop('SIGTERM');
      server = undefined;
    },
    freeze: () => server?.signal('SIGSTOP'),
    thaw: () => server?.signal('SIGCONT'),
    async remove() {
      await started.stop();
      removeFolder(folder);
    },
  };
  await started.start();
  return started;
}
