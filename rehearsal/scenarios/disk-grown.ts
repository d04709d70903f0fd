import { fixtures } from '../stage/fixtures.ts';
import type { Stage } from '../stage/stage.ts';
import { instanceOf, measure, realNode, simulatedNode } from './fleet-node.ts';
import type { Scenario } from './scenario.ts';

const { node: NODE, gibibytes } = fixtures.volume;
const FILE = `${fixtures.disk}/orders.data`;

/** Of the volume's size; with what the file system needs for itself more than nine tenths of the disk are used. */
const FILLED = 0.92;

export const diskGrown: Scenario = {
  name: 'disk-grown',
  title: 'Data fills the disk; clearing caches does not help, so the volume and its file system are grown',
  track: 'fleet',
  policy: 'Fleet-disk',
  expected: {
    outcome: 'recovered',
    reason: 'healed',
    acts: [
      'SendCommand healing-clear-caches',
      'SendCommand healing-grow-volume',
      `ModifyVolume ${Math.ceil(gibibytes * 1.2)} GiB`,
      'SendCommand healing-grow-file-system',
    ],
  },
  real: [
    ...realNode,
    `The disk is xfs on a block device of ${gibibytes} GiB. The data lies outside of the folder of temporary files; clearing left it alone.`,
    'The device really became larger, and xfs_growfs grew the file system in the node while it was in use.',
  ],
  simulated: [
    ...simulatedNode,
    'The volume is a sparse file behind a loop device; the data is space that was reserved, so that it takes no memory.',
    'The room of the grown volume is there after two seconds.',
  ],
  target: (stage) => instanceOf(stage.machines.named(NODE)),
  breakIt: (stage) => fillDisk(stage, gibibytes),
  isBroken: async (stage) => ((await measure(stage.machines.named(NODE))).diskUsedPercent ?? 100) > 85,
  endsCured: true,
  async tidyUp(stage) {
    await stage.machines.named(NODE).exec(['rm', '-f', FILE]);
  },
};

/** Fills the disk of a volume that is so large. */
export async function fillDisk(stage: Stage, size: number): Promise<void> {
  await stage.machines.named(NODE).exec(['fallocate', '--length', `${Math.round(size * FILLED * 1_024)}MiB`, FILE]);
}
