import * as z from 'zod';
import { commandRemediator } from './command-remediator.ts';
import { mountPointParameter, mountPointSchema } from './mount-point.ts';

/**
 * Grows the file system of a mount point, and its partition, to what the disk has become: the rung after `grow-volume`.
 *
 * Cures what: a full file system on a disk that has more room than it uses, as after its volume was grown.
 * Does what in AWS: one `ssm:SendCommand` of its own document on the one instance; the script runs growpart where there
 * is a partition, then resize2fs or xfs_growfs, while mounted, and reports the bytes before and after.
 * Can harm what: nothing that is served; a grown xfs can never be made smaller again, ext4 only unmounted.
 * Refuses when: the agent does not answer; on the instance, when the mount point is not ext4 or xfs, is read-only or a
 * bind mount, or lies on LVM, RAID or an encrypted device.
 * Safe twice: yes; the second run finds nothing to grow and says so.
 * Proved by: `scenarios/disk-grown`, `contract/grow-file-system-document`.
 */
export const remediator = commandRemediator({
  name: 'grow-file-system',
  forGood: true,
  params: z.strictObject({
    /** The mount point. @default / */
    path: mountPointSchema,
  }),
  mainParameter: 'path',
  settle: { seconds: 30 },
  verifyWithin: { minutes: 5 },
  document: {
    description: 'Grows the ext4 or xfs file system of a mount point to the size of its disk.',
    parameters: {
      Path: mountPointParameter,
      LookOnly: { description: 'Always false.', allowedPattern: '^false$', default: 'false' },
    },
    timeoutSeconds: 300,
  },
  parameters: ({ path }) => ({ Path: path }),
  summary: ({ Path }) => `grow the file system of ${Path} to the size of its disk`,
});
