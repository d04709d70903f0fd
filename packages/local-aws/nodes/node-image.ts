import { randomBytes } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AGENT_PROGRAM } from './agent-package.ts';
import { mount, unmount } from './mounts.ts';
import type { NodeFolder } from './node-folder.ts';
import { NODE_BINARY, SERVICE_FOLDER, type ServiceUnit, serviceUnits, unitText } from './service-units.ts';
import { mountNewVolume } from './volume.ts';

/** Changes of a node live in memory; a node writes a few MB, the limit only stops a runaway. */
const OVERLAY_MEGABYTES = 512;

/** The one generator that a node keeps: init scripts are services there, as on any Debian machine. */
const INIT_SCRIPT_GENERATOR = 'systemd-sysv-generator';

/** Units that a node has no use for; each costs boot time or touches the network. */
const MASKED_UNITS = [
  'getty.target',
  'console-getty.service',
  'systemd-networkd.service',
  'systemd-resolved.service',
  'systemd-timesyncd.service',
  'systemd-sysusers.service',
  'systemd-tmpfiles-setup-dev.service',
  'systemd-tmpfiles-clean.timer',
  'systemd-update-utmp.service',
  'systemd-update-utmp-runlevel.service',
  'systemd-modules-load.service',
  'systemd-remount-fs.service',
  'systemd-sysctl.service',
  'dev-hugepages.mount',
];

/** The small file system of a node: memory, or xfs on a volume that can be grown. */
export type NodeDisk = { readonly memoryMegabytes: number } | { readonly volumeGibibytes: number };

export interface ImageOptions {
  readonly folder: NodeFolder;
  readonly hostname: string;
  readonly disk: NodeDisk;
}

/**
 * Lays a node's own layer over the host's files: it sees every program of the host and can change none of them.
 * What the host had enabled is taken out, so that a node runs only what is put in here.
 */
export function buildImage({ folder, hostname, disk }: ImageOptions): void {
  mkdirSync(folder.base, { recursive: true });
  mount(['-t', 'tmpfs', '-o', `size=${OVERLAY_MEGABYTES}m,mode=0755`, 'rehearsal-node', folder.base]);
  for (const name of ['up', 'work', 'root', 'disk']) mkdirSync(`${folder.base}/${name}`);
  mountDisk(folder, disk);
  const layers = `lowerdir=/,upperdir=${folder.base}/up,workdir=${folder.base}/work`;
  mount(['-t', 'overlay', '-o', layers, 'rehearsal-root', folder.root]);
  removeHostUnits(folder.root);
  nameNode(folder.root, hostname);
  installServices(folder.root);
}

function mountDisk(folder: NodeFolder, disk: NodeDisk): void {
  if ('volumeGibibytes' in disk) mountNewVolume(folder, disk.volumeGibibytes);
  else mount(['-t', 'tmpfs', '-o', `size=${disk.memoryMegabytes}m,mode=0755`, 'rehearsal-disk', folder.disk]);
}

/** Removes what `buildImage` and the node made; safe when some of it is gone already. */
export function removeImage(folder: NodeFolder): void {
  for (const path of [folder.root, folder.disk, folder.base]) unmount(path);
  rmSync(folder.base, { recursive: true, force: true });
}

function removeHostUnits(root: string): void {
  const units = `${root}/etc/systemd/system`;
  rmSync(units, { recursive: true, force: true });
  mkdirSync(units, { recursive: true });
  // SysV start links would be turned into units by systemd's generator.
  const startLinks = readdirSync(`${root}/etc`).filter((name) => /^rc[0-6S]\.d$/.test(name));
  for (const name of startLinks) rmSync(`${root}/etc/${name}`, { recursive: true });
  for (const unit of MASKED_UNITS) symlinkSync('/dev/null', `${units}/${unit}`);
  maskGenerators(root);
  symlinkSync('/usr/lib/systemd/system/multi-user.target', `${units}/default.target`);
  mkdirSync(`${units}/multi-user.target.wants`);
}

/** Generators make units of disks and programs of the host; each reload of systemd would run all of them anew. */
function maskGenerators(root: string): void {
  const masks = `${root}/etc/systemd/system-generators`;
  rmSync(masks, { recursive: true, force: true });
  mkdirSync(masks, { recursive: true });
  const generators = readdirSync(`${root}/usr/lib/systemd/system-generators`).filter((name) => name !== INIT_SCRIPT_GENERATOR);
  for (const name of generators) symlinkSync('/dev/null', `${masks}/${name}`);
}

function nameNode(root: string, hostname: string): void {
  replaceFile(`${root}/etc/hostname`, `${hostname}\n`);
  replaceFile(`${root}/etc/machine-id`, `${randomBytes(16).toString('hex')}\n`);
  replaceFile(`${root}/etc/fstab`, '');
  mkdirSync(`${root}/etc/systemd/journald.conf.d`, { recursive: true });
  writeFileSync(`${root}/etc/systemd/journald.conf.d/rehearsal.conf`, '[Journal]\nStorage=volatile\nRuntimeMaxUse=8M\n');
}

/** Removed first, since the path may be a link that leads out of the node's root. */
function replaceFile(path: string, text: string): void {
  rmSync(path, { force: true });
  writeFileSync(path, text);
}

function installServices(root: string): void {
  mkdirSync(`${root}${SERVICE_FOLDER}`, { recursive: true });
  writeFileSync(`${root}${NODE_BINARY}`, '');
  chmodSync(`${root}${NODE_BINARY}`, 0o755);
  for (const unit of serviceUnits) installService(root, unit);
  copyFileSync(fileURLToPath(new URL(AGENT_PROGRAM, import.meta.url)), `${root}${SERVICE_FOLDER}/${AGENT_PROGRAM}`);
}

function installService(root: string, unit: ServiceUnit): void {
  const units = `${root}/etc/systemd/system`;
  copyFileSync(fileURLToPath(new URL(unit.program, import.meta.url)), `${root}${SERVICE_FOLDER}/${unit.program}`);
  writeFileSync(`${units}/${unit.name}`, unitText(unit));
  if (unit.startedAtBoot) symlinkSync(`../${unit.name}`, `${units}/multi-user.target.wants/${unit.name}`);
}
