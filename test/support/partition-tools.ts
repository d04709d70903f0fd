import { existsSync } from 'node:fs';
import { installDebianPackages } from './debian-packages.ts';

const programs = ['/usr/bin/growpart', '/usr/sbin/sfdisk', '/usr/sbin/mkfs.xfs'];

/** Empty when partitions and file systems can be made and grown here, else why not. */
export const whyNoPartitionTools = await installDebianPackages(['cloud-guest-utils', 'fdisk', 'xfsprogs'], () =>
  programs.every(existsSync),
);
