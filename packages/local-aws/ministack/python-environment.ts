import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { installPackages, mayInstallPackages } from '../debian-packages.ts';
import { workFolder } from '../work-folder.ts';

const run = promisify(execFile);

/** A pinned program of PyPI's, in a virtual environment of its own, since two programs may need different versions of a third. */
export interface PythonProgram {
  readonly name: string;
  readonly version: string;
}

/** Pinned, because `launch.py` calls a private function of it; a contract test fails when that function goes. */
export const MINISTACK_VERSION = '1.5.33';

export type LineSink = (line: string) => void;

/** The Python of the environment with the pinned MiniStack. */
export function pythonWithMiniStack(say: LineSink): Promise<string> {
  return pythonWith({ name: 'ministack', version: MINISTACK_VERSION }, say);
}

/** Makes the virtual environment of a program on first use and returns its Python. */
export async function pythonWith(program: PythonProgram, say: LineSink): Promise<string> {
  const environment = join(workFolder, `python-${program.name}-${program.version}`);
  if (!existsSync(environment)) await installOnce(program, environment, say);
  return join(environment, 'bin', 'python');
}

/** An installation that takes longer has been interrupted. */
const INSTALLED_WITHIN_MS = 600_000;
const LOOK_EVERY_MS = 500;

/** One process installs, others that come meanwhile wait for it. */
async function installOnce(program: PythonProgram, environment: string, say: LineSink): Promise<void> {
  const lock = `${environment}.lock`;
  await mkdir(workFolder, { recursive: true });
  while (!(await isTaken(lock))) {
    await sleep(LOOK_EVERY_MS);
    if (existsSync(environment)) return;
  }
  try {
    if (!existsSync(environment)) await install(program, environment, say);
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

/** Takes the lock, also from one that has been left behind; false while another process holds it. */
async function isTaken(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const held = await stat(lock).catch(() => undefined);
    if (held && Date.now() - held.mtimeMs > INSTALLED_WITHIN_MS) await rm(lock, { recursive: true, force: true });
    return false;
  }
}

/** Built aside and renamed when complete, so that an interrupted first use leaves nothing half made. */
async function install({ name, version }: PythonProgram, environment: string, say: LineSink): Promise<void> {
  say(`Installing ${name} ${version} into ${environment}`);
  const draft = await mkdtemp(join(workFolder, 'python-draft-'));
  try {
    await makeEnvironment(draft, say);
    await run(join(draft, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `${name}==${version}`]);
    await rename(draft, environment);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function makeEnvironment(folder: string, say: LineSink): Promise<void> {
  try {
    await run('python3', ['-m', 'venv', folder]);
  } catch (cause) {
    await installVenvPackage(say, cause);
    await run('python3', ['-m', 'venv', '--clear', folder]);
  }
}

/** Debian ships Python without `ensurepip`; `python3-venv` brings it. */
async function installVenvPackage(say: LineSink, cause: unknown): Promise<void> {
  const command = 'sudo apt-get install python3 python3-venv';
  const advice = `Python 3.10 or newer with venv is needed. On Debian or Ubuntu run: ${command}`;
  if (!mayInstallPackages()) throw new Error(advice, { cause });
  say('Installing the Debian package python3-venv');
  const failure = await installPackages(['python3', 'python3-venv']);
  if (failure !== undefined) throw new Error(`${failure}. ${advice}`, { cause });
}
