import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runCommandLine } from './nodes/run-command-line.ts';

const environment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  DEBIAN_FRONTEND: 'noninteractive',
  LC_ALL: 'C',
};

/** Package lists of a fresh image may be empty; downloads on a slow line take their time, and another run may be first. */
const INSTALL_TIME_LIMIT_MS = 600_000;

/** Held while apt-get works: it does not wait for another apt-get by itself where both read the package lists. */
const APT_LOCK = '/run/self-healing-rehearsal-apt.lock';

/** The machine's own updates may be under way. */
const PATIENCE = ['-o', 'DPkg::Lock::Timeout=300'];

/** Keeps Debian from making and starting a cluster of its own when PostgreSQL is installed. */
const NO_MAIN_CLUSTER = '/etc/postgresql-common/createcluster.conf';

/** Whether packages may be installed here: root on Debian. */
export function mayInstallPackages(): boolean {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

/** Installs Debian packages; returns why that failed, or nothing. PostgreSQL comes without a cluster of its own. */
export async function installPackages(packages: readonly string[]): Promise<string | undefined> {
  if (packages.includes('postgresql') && !existsSync(NO_MAIN_CLUSTER)) {
    mkdirSync(dirname(NO_MAIN_CLUSTER), { recursive: true });
    writeFileSync(NO_MAIN_CLUSTER, 'create_main_cluster = false\n');
  }
  return aptGet(['-y', '--no-install-recommends', ...packages]);
}

/**
 * Unpacks a Debian package into a folder, with what it needs and the machine lacks. Nothing is installed, so that no service of it
 * is started on the machine. Built aside and renamed when complete. Returns why that failed, or nothing.
 */
export async function unpackPackage(name: string, folder: string): Promise<string | undefined> {
  if (existsSync(folder)) return undefined;
  await mkdir(dirname(folder), { recursive: true });
  const draft = await mkdtemp(`${folder}-draft-`);
  try {
    const archives = join(draft, 'archives');
    await mkdir(join(archives, 'partial'), { recursive: true });
    const failure = await aptGet(['-y', '--no-install-recommends', '--download-only', '-o', `Dir::Cache::archives=${archives}`, name]);
    if (failure !== undefined) return failure;
    for (const file of (await readdir(archives)).filter((each) => each.endsWith('.deb'))) {
      const { exitCode, stderr } = await runCommandLine(['dpkg', '-x', join(archives, file), draft], { env: environment });
      if (exitCode !== 0) return `${file} could not be unpacked: ${stderr.trim()}`;
    }
    await rm(archives, { recursive: true });
    await rename(draft, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
    return undefined;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function aptGet(parameters: readonly string[]): Promise<string | undefined> {
  const options = { env: environment, timeoutMs: INSTALL_TIME_LIMIT_MS };
  await runCommandLine(['flock', APT_LOCK, 'apt-get', 'update', '-q'], options);
  const installed = await runCommandLine(['flock', APT_LOCK, 'apt-get', 'install', '-q', ...PATIENCE, ...parameters], options);
  if (installed.exitCode === 0) return undefined;
  return `apt-get failed: ${installed.stderr.trim().split('\n').at(-1) ?? 'no reason given'}`;
}
