import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installPackages, mayInstallPackages } from '../debian-packages.ts';
import { workFolder } from './work-folder.ts';

const run = promisify(execFile);

/** Pinned, because `launch.py` calls a private function of it; a contract test fails when that function goes. */
export const MINISTACK_VERSION = '1.5.33';
const environment = join(workFolder, `python-ministack-${MINISTACK_VERSION}`);

export type LineSink = (line: string) => void;

/** Makes the virtual environment with the pinned MiniStack on first use and returns its Python. */
export async function pythonWithMiniStack(say: LineSink): Promise<string> {
  if (!existsSync(environment)) await install(say);
  return join(environment, 'bin', 'python');
}

/** Built aside and renamed when complete, so that an interrupted or a concurrent first use leaves nothing half made. */
async function install(say: LineSink): Promise<void> {
  say(`Installing MiniStack ${MINISTACK_VERSION} into ${environment}`);
  await mkdir(workFolder, { recursive: true });
  const draft = await mkdtemp(join(workFolder, 'python-draft-'));
  try {
    await makeEnvironment(draft, say);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `ministack==${MINISTACK_VERSION}`];
    await run(join(draft, 'bin', 'python'), pip);
    await rename(draft, environment).catch((error) => {
      if (!existsSync(environment)) throw error;
    });
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
  const advice = `The local AWS needs Python 3.10 or newer with venv. On Debian or Ubuntu run: ${command}`;
  if (!mayInstallPackages()) throw new Error(advice, { cause });
  say('Installing the Debian package python3-venv');
  const failure = await installPackages(['python3', 'python3-venv']);
  if (failure !== undefined) throw new Error(`${failure}. ${advice}`, { cause });
}
