import type { ManagedNode } from '@self-healing/local-aws/nodes/managed-node.ts';
import { shell } from '@self-healing/local-aws/testing/nodes.ts';

const IMAGE = '/run/aging-disk';

/**
 * A folder of a node on an ext4 of its own, whose files can be made old. `touch` sets back when a file was written and read, but nobody can
 * set back when it was changed last: only the file system's own tool does, while it is not mounted.
 */
export interface AgingDisk {
  /** What `touch` set back a while was not changed since, either. Nothing of the folder may be open. */
  age(): Promise<void>;
  /** Empties the folder and takes away what is mounted in it. */
  clean(): Promise<void>;
  detach(): Promise<void>;
}

const DEVICES = `
for n in 0 1 2 3 4 5 6 7; do [ -e /dev/loop$n ] || mknod /dev/loop$n b 7 $n; done
[ -e /dev/loop-control ] || mknod /dev/loop-control c 10 237
`;

/** Puts a disk of so many megabytes at the folder, with room for many small files. */
export async function agingDisk(node: ManagedNode, folder: string, megabytes = 64, inodes = 131_072): Promise<AgingDisk> {
  const mount = `mount -o loop,relatime ${IMAGE} ${folder}`;
  const unmount = `while mountpoint -q ${folder}; do umount -R ${folder}; done`;
  await shell(
    node,
    `${DEVICES} mkdir -p ${folder}; truncate -s ${megabytes}M ${IMAGE}
    mkfs.ext4 -q -F -b 4096 -N ${inodes} -m 0 -O ^has_journal,^resize_inode ${IMAGE}; ${mount}; rmdir ${folder}/lost+found`,
  );
  return {
    async age() {
      await shell(
        node,
        `list() { find ${folder} -xdev -mindepth 1 -mmin +2 -printf 'set_inode_field <%i> ctime @%T@\\n' | sed 's/\\.[0-9]*$//'; }
        list > /run/aging-commands; ${unmount}
        debugfs -w -f /run/aging-commands ${IMAGE} > /run/aging-said 2>&1; ${mount}
        ! grep -i 'error\\|not found' /run/aging-said`,
      );
    },
    clean: async () => {
      await shell(
        node,
        `awk -v top=${folder}/ 'index($5, top) == 1 { print $5 }' /proc/self/mountinfo | sort -r | xargs -r -n1 umount
        find ${folder} -xdev -mindepth 1 -delete`,
      );
    },
    detach: async () => {
      await shell(node, `${unmount}; rm -f ${IMAGE}`);
    },
  };
}
