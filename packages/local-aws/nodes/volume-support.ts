import { existsSync } from 'node:fs';
import { installPackages, mayInstallPackages } from '../debian-packages.ts';
import { nextLoopDevice, VOLUME_TOOLS } from './volume.ts';

/** Whether nodes can have volumes here, and if not, what the user can do about it. */
export type VolumeSupport = { readonly ok: true } | { readonly ok: false; readonly why: string; readonly next: string };

/** Answers whether nodes can have volumes here, after installing what is missing where that is possible (root on Debian). */
export async function canMakeVolumes(report: (line: string) => void = () => {}): Promise<VolumeSupport> {
  const { programs, package: name } = VOLUME_TOOLS;
  const complete = () => programs.every((program) => existsSync(program));
  if (!complete() && mayInstallPackages()) {
    report(`the programs of xfs are missing: installing the Debian package ${name} (apt-get install)`);
    const failure = await installPackages([name]);
    if (failure !== undefined) return { ok: false, why: failure, next: `apt-get update && apt-get install ${name}` };
  }
  if (!complete()) return { ok: false, why: 'the programs of xfs are missing', next: `install the package ${name} of your distribution` };
  try {
    nextLoopDevice();
    return { ok: true };
  } catch (error) {
    return { ok: false, why: String(error), next: 'load the kernel module of loop devices: modprobe loop' };
  }
}
