import { execFileSync } from 'node:child_process';
import { globSync, rmSync, writeFileSync } from 'node:fs';
import { freePorts } from '@self-healing/local-aws/ministack/free-port.ts';
import pg from 'pg';
import { makeCertificates } from './certificates.ts';
import { installDebianPackages } from './debian-packages.ts';
import { type DatabaseServer, giveTo, plainUser, removeFolder, type ServerProcess, serverFolder, startServer } from './server-process.ts';

const programs = () => globSync('/usr/lib/postgresql/*/bin').toSorted().at(-1);

/** Empty when PostgreSQL can run here, else why not. */
export const whyNoPostgresql = await installDebianPackages(['postgresql'], () => programs() !== undefined);

/** A PostgreSQL server. Over TCP it takes passwords only; its administrator is `admin`; a client's detail is the application's name. */
export interface Postgresql extends DatabaseServer<pg.Client> {
  /** @param replication makes the session one of the server's own, as those that copy for replicas are */
  readonly client: (user?: string, detail?: string, replication?: 'database') => Promise<pg.Client>;
}

/** Few, so that they can be used up. Three of them only an administrator gets. */
export const POSTGRESQL_CONNECTIONS = 12;

/** Makes and starts a server with a folder of its own. */
export async function startPostgresql(): Promise<Postgresql> {
  const [port = 0] = await freePorts(1);
  const folder = serverFolder('postgresql');
  const user = plainUser('postgres');
  const certificates = makeCertificates(folder);
  const password = 'correct horse';
  writeFileSync(`${folder}/password`, password);
  giveTo(user, folder);
  const data = `${folder}/data`;
  const methods = ['--auth-local=trust', '--auth-host=scram-sha-256', `--pwfile=${folder}/password`];
  execFileSync(`${programs()}/initdb`, ['-D', data, '-U', 'admin', '-N', '-E', 'UTF8', ...methods], {
    ...user,
    cwd: folder,
    stdio: 'pipe',
  });
  let server: ServerProcess | undefined;
  const client = async (name = 'admin', application = 'test', replication?: 'database') => {
    const made = new pg.Client({
      ...{ host: folder, port, user: name, database: 'postgres', application_name: application },
      ...(replication && { replication }),
    } as pg.ClientConfig);
    made.on('error', () => undefined); // sessions of the tests are ended on purpose
    await made.connect();
    return made;
  };
  const run = async (text: string) => {
    const administrator = await client();
    try {
      return (await administrator.query(text)).rows;
    } finally {
      await administrator.end();
    }
  };
  const started: Postgresql = {
    port,
    certificates,
    password,
    client,
    run,
    async start({ certificate = 'valid', tls = true, recovering = false } = {}) {
      const { certificate: file, key } = certificates[certificate];
      const settings = {
        port,
        listen_addresses: '127.0.0.1',
        unix_socket_directories: folder,
        max_connections: POSTGRESQL_CONNECTIONS,
        max_prepared_transactions: 2,
        ssl: tls ? 'on' : 'off',
        ssl_cert_file: file,
        ssl_key_file: key,
        fsync: 'off',
      };
      const recovery = recovering ? { hot_standby: 'off', restore_command: '/bin/false' } : {};
      if (recovering) writeFileSync(`${data}/standby.signal`, '');
      else rmSync(`${data}/standby.signal`, { force: true });
      const args = Object.entries({ ...settings, ...recovery }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
      server = await startServer(`${programs()}/postgres`, ['-D', data, ...args], {
        ...{ ...user, cwd: folder },
        ready: () => run('SELECT 1').catch((error) => (recovering && error.code === '57P03' ? [] : Promise.reject(error))),
      });
    },
    async stop() {
      await server?.stop();
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
