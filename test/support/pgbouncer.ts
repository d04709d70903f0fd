import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';

/** The program out of its Debian package, unpacked and not installed: installing it would start a service. */
export interface Pgbouncer {
  /** Folder with the package's files. */
  readonly folder: string;
  remove(): void;
}

/** Unpacks PgBouncer and what it needs into a folder, or says why it cannot. */
export function unpackPgbouncer(): Pgbouncer | string {
  if (!existsSync('/etc/debian_version')) return 'this is not Debian, whose packages of PgBouncer are used';
  // A node has a /tmp of its own and shares the rest with the machine as it was when the node was booted.
  const folder = mkdtempSync('/var/tmp/pgbouncer-');
  chmodSync(folder, 0o755);
  const run = (command: string, args: readonly string[]) => execFileSync(command, args, { cwd: folder, stdio: 'pipe' });
  try {
    run('apt-get', ['update', '-q']);
    run('apt-get', ['download', '-q', 'pgbouncer', 'libc-ares2']);
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb'))) run('dpkg', ['-x', file, folder]);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    return `PgBouncer could not be fetched: ${error instanceof Error ? error.message.split('\n')[0] : error}`;
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
