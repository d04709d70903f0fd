import { existsSync, readFileSync } from 'node:fs';
import { installPackages } from '../debian-packages.ts';
import { raiseInotifyLimit } from './inotify-limit.ts';
import { runCommandLine } from './run-command-line.ts';

/** Whether managed nodes can be booted here, and if not, what the user can do about it. */
export type NodeSupport =
  | { readonly ok: true; readonly how: 'nspawn' }
  | { readonly ok: false; readonly why: string; readonly next: string };

/** What the kernel and the machine must offer before a node can boot. */
export interface HostFacts {
  readonly platform: string;
  readonly root: boolean;
  readonly systemdInit: boolean;
  readonly nspawn: boolean;
  readonly nsenter: boolean;
  readonly aptGet: boolean;
  readonly overlay: boolean;
}

/** Names the first thing that is missing; pure, so that every machine can be imagined in a test. */
export function assessHost(facts: HostFacts): NodeSupport {
  const no = (why: string, next: string): NodeSupport => ({ ok: false, why, next });
  if (facts.platform !== 'linux') return no(`managed nodes need Linux, this is ${facts.platform}`, 'run it in a Linux virtual machine');
  if (!facts.root) return no('managed nodes need root', 'run it again with sudo, or as root in a virtual machine');
  if (!facts.nspawn) return no('systemd-nspawn is missing', 'install your distribution’s systemd-container package');
  if (!facts.systemdInit) return no('systemd is not installed, so a node would have nothing to boot', 'install the package systemd-sysv');
  if (!facts.nsenter) return no('nsenter is missing', 'install the package util-linux');
  if (!facts.overlay) return no('the kernel has no overlay file system', 'load it with: modprobe overlay');
  return { ok: true, how: 'nspawn' };
}

const NSPAWN = '/usr/bin/systemd-nspawn';

function readHostFacts(): HostFacts {
  return {
    platform: process.platform,
    root: process.getuid?.() === 0,
    systemdInit: existsSync('/usr/lib/systemd/systemd') || existsSync('/lib/systemd/systemd'),
    nspawn: existsSync(NSPAWN),
    nsenter: existsSync('/usr/bin/nsenter'),
    aptGet: existsSync('/usr/bin/apt-get'),
    overlay: process.platform === 'linux' && readFileSync('/proc/filesystems', 'utf8').includes('\toverlay\n'),
  };
}

/**
 * Answers whether nodes can run here, after installing what is missing where that is possible (root on Debian).
 * There is no fallback to the host: without nodes, commands are not executed.
 */
export async function canRunNodes(report: (line: string) => void = () => {}): Promise<NodeSupport> {
  const facts = readHostFacts();
  if (facts.platform === 'linux' && facts.root && !facts.nspawn && facts.aptGet) {
    report('systemd-nspawn is missing: installing the Debian package systemd-container (apt-get install)');
    const failure = await installPackages(['systemd-container', 'systemd-sysv']);
    if (failure !== undefined) return { ok: false, why: failure, next: 'apt-get update && apt-get install systemd-container' };
  }
  if (facts.platform === 'linux' && facts.root && !facts.overlay) {
    await runCommandLine(['modprobe', 'overlay'], { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }, timeoutMs: 10_000 }).catch(
      () => undefined,
    );
  }
  const support = assessHost(readHostFacts());
  const tooFew = support.ok ? raiseInotifyLimit() : undefined;
  if (tooFew !== undefined) report(tooFew);
  return support;
}
