import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { mayInstallPackages, unpackPackage } from '@self-healing/local-aws/debian-packages.ts';
import { messageOf } from '../../lambdas/core/failure.ts';

/** The program out of its Debian package, unpacked and not installed: installing it would start a service. */
export interface Pgbouncer {
  /** Folder with the package's files. */
  readonly folder: string;
  remove(): void;
}

/** Unpacks PgBouncer and what it needs into a folder, or says why it cannot. */
export async function unpackPgbouncer(): Promise<Pgbouncer | string> {
  if (!mayInstallPackages()) return 'this is not Debian, whose packages of PgBouncer are used, or not root';
  // A node has a /tmp of its own and shares the rest with the machine as it was when the node was booted.
  const place = mkdtempSync('/var/tmp/pgbouncer-');
  chmodSync(place, 0o755);
  const remove = () => rmSync(place, { recursive: true, force: true });
  const folder = `${place}/package`;
  const failure = await unpackPackage('pgbouncer', folder).catch(messageOf);
  if (failure === undefined) {
    chmodSync(folder, 0o755);
    return { folder, remove };
  }
  remove();
  return `PgBouncer could not be fetched: ${failure}`;
}
