import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createControlGroups } from './control-groups.ts';
import { type NodeFolder, startTicks } from './node-folder.ts';
import { DISK_FOLDER, NODE_BINARY } from './service-units.ts';
import { volumeDevice } from './volume.ts';

/** File in every node that names it; whoever enters a node checks it, so that no command can ever end up on the host. */
export const MARKER = '/etc/rehearsal-node';

/** One boot of a node: a systemd-nspawn process and the init inside it. */
export interface Container {
  /** Init's process id as the host sees it: the key to the node's namespaces and files. */
  readonly initPid: number;
  /** False from the moment init has ended, also when its process id is in use again. */
  isRunning(): boolean;
  readonly exited: Promise<ContainerEnd>;
}

export type ContainerEnd = 'powered-off' | 'rebooting';

/** How systemd-nspawn says that the node asked for a reboot. */
const REBOOT_EXIT_CODE = 133;

/** Boots take about a second; a crowded machine may need a hundred times that. */
const BOOT_TIME_LIMIT_MS = 120_000;

export async function startContainer(folder: NodeFolder, hostname: string): Promise<Container> {
  const { pid, exited } = spawnNspawn(folder, hostname);
  const initPid = await findInit(pid, folder, exited);
  const started = startTicks(initPid);
  return { initPid, exited, isRunning: () => started !== undefined && startTicks(initPid) === started };
}

function spawnNspawn(folder: NodeFolder, hostname: string): { pid: number; exited: Promise<ContainerEnd> } {
  const groups = createControlGroups(folder.unitName);
  const log = openSync(folder.log, 'a');
  // The shell joins the node's control groups before it becomes systemd-nspawn, which passes them on.
  const script = 'while [ "$1" != -- ]; do echo $$ > "$1/cgroup.procs" || exit 1; shift; done; shift; exec "$@"';
  const argv = ['-c', script, 'sh', ...groups, '--', 'systemd-nspawn', ...nspawnOptions(folder, hostname)];
  const child = spawn('/bin/sh', argv, { detached: true, stdio: ['ignore', log, log], env: { PATH: process.env.PATH } });
  closeSync(log);
  const exited = new Promise<ContainerEnd>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code === REBOOT_EXIT_CODE ? 'rebooting' : 'powered-off'));
  });
  if (child.pid === undefined) throw new Error('systemd-nspawn could not be started');
  return { pid: child.pid, exited };
}

function nspawnOptions(folder: NodeFolder, hostname: string): readonly string[] {
  const device = volumeDevice(folder);
  return [
    '--quiet',
    `--directory=${folder.root}`,
    `--machine=${folder.unitName}`,
    `--hostname=${hostname}`,
    '--register=no',
    '--keep-unit',
    '--private-network',
    '--settings=no',
    '--link-journal=no',
    '--resolv-conf=off',
    '--timezone=off',
    '--console=read-only',
    `--bind=${folder.disk}:${DISK_FOLDER}`,
    ...(device === undefined ? [] : [`--bind=${device}`]),
    `--bind-ro=${process.execPath}:${NODE_BINARY}`,
    '--boot',
  ];
}

async function findInit(nspawnPid: number, folder: NodeFolder, exited: Promise<ContainerEnd>): Promise<number> {
  let ended = false;
  exited.finally(() => {
    ended = true;
  });
  const deadline = Date.now() + BOOT_TIME_LIMIT_MS;
  while (Date.now() < deadline && !ended) {
    const candidate = childrenOf(nspawnPid).find((pid) => isInitOf(pid, folder));
    if (candidate !== undefined) return candidate;
    await sleep(20);
  }
  throw new Error(`the node did not boot; its console says:\n${readFileSync(folder.log, 'utf8').slice(-2000)}`);
}

function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    // The process has just ended: it has no children.
    return [];
  }
}

/** systemd-nspawn's own helper process comes first; init is the one that sees the node's root and has opened its control socket there. */
function isInitOf(pid: number, folder: NodeFolder): boolean {
  const root = `/proc/${pid}/root`;
  try {
    return readFileSync(`${root}${MARKER}`, 'utf8') === folder.unitName && existsSync(`${root}/run/systemd/private`);
  } catch {
    // Not there yet, or not the node's root.
    return false;
  }
}
