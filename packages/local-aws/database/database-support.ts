import { existsSync, globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { installPackages, mayInstallPackages, unpackPackage } from '../debian-packages.ts';
import { workFolder } from '../work-folder.ts';

/** Where the programs of the database are, or what the user can do to get them. */
export type DatabaseSupport =
  | {
      readonly ok: true;
      /** Folder of PostgreSQL's programs. */
      readonly postgresql: string;
      /** Folder below which PgBouncer's package is unpacked; `/` where it is installed. */
      readonly pgbouncer: string;
    }
  | { readonly ok: false; readonly why: string; readonly next: string };

const unpackedPgbouncer = join(workFolder, 'pgbouncer');

/** Finds PostgreSQL and PgBouncer, after fetching what is missing where that is possible (root on Debian). */
export async function findDatabasePrograms(report: (line: string) => void = () => {}): Promise<DatabaseSupport> {
  const failure = mayInstallPackages() ? await fetchMissing(report) : undefined;
  const no = (what: string, name: string): DatabaseSupport => ({
    ok: false,
    why: `${what} is missing${failure === undefined ? '' : ` (${failure})`}`,
    next: `install the package ${name} of your distribution`,
  });
  const postgresql = postgresqlPrograms();
  if (postgresql === undefined) return no('PostgreSQL', 'postgresql');
  const pgbouncer = pgbouncerRoot();
  return pgbouncer === undefined ? no('PgBouncer', 'pgbouncer') : { ok: true, postgresql, pgbouncer };
}

async function fetchMissing(report: (line: string) => void): Promise<string | undefined> {
  if (postgresqlPrograms() === undefined) {
    report('PostgreSQL is missing: installing the Debian package postgresql (apt-get install), without a cluster of its own');
    const failure = await installPackages(['postgresql']);
    if (failure !== undefined) return failure;
  }
  if (pgbouncerRoot() !== undefined) return undefined;
  report(`PgBouncer is missing: unpacking its Debian package into ${unpackedPgbouncer}, which installs nothing`);
  return unpackPackage('pgbouncer', unpackedPgbouncer);
}

/** The newest version's, in the places of Debian and of PostgreSQL's own packages for other distributions. */
function postgresqlPrograms(): string | undefined {
  const found = globSync(['/usr/lib/postgresql/*/bin/postgres', '/usr/pgsql-*/bin/postgres']);
  return found
    .toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }))
    .map(dirname)
    .at(-1);
}

function pgbouncerRoot(): string | undefined {
  return ['/', unpackedPgbouncer].find((root) => existsSync(join(root, 'usr/sbin/pgbouncer')));
}
