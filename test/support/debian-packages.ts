import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';

/** Keeps Debian from making and starting a cluster of its own when PostgreSQL is installed. */
const NO_MAIN_CLUSTER = '/etc/postgresql-common/createcluster.conf';

/** Installs packages where a program of theirs is missing and this machine may. Says why not where it may not. */
export function installDebianPackages(packages: readonly string[], isThere: () => boolean): string {
  if (isThere()) return '';
  const advice = `install it with: apt-get install ${packages.join(' ')}`;
  if (!existsSync('/etc/debian_version')) return `this is not Debian; ${advice}`;
  if (process.getuid?.() !== 0) return `it may not be installed without root; ${advice}`;
  console.log(`installing ${packages.join(', ')} by apt-get`);
  if (packages.includes('postgresql') && !existsSync(NO_MAIN_CLUSTER)) {
    mkdirSync('/etc/postgresql-common', { recursive: true });
    writeFileSync(NO_MAIN_CLUSTER, 'create_main_cluster = false\n');
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    execFileSync('apt-get', ['update', '-q'], { env, stdio: 'pipe' });
    execFileSync('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...packages], { env, stdio: 'pipe' });
  } catch (error) {
    return `apt-get failed (${error instanceof Error ? error.message.split('\n')[0] : error}); ${advice}`;
  }
  return isThere() ? '' : `the packages did not bring it; ${advice}`;
}
