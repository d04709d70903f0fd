import { fixtures } from '../stage/fixtures.ts';
import { fault, instanceOf, measure, realNode, simulatedNode } from './fleet-node.ts';
import type { Scenario } from './scenario.ts';

const NODE = 'web-2';

/** Two thirds of the disk of the node. */
const OLD_FILE = `${fixtures.cacheFolder}/upload-old.part`;
const OLD_MEGABYTES = 32;

/** The remedy takes what is older than a minute, by the whole second. */
const OLD_AFTER_SECONDS = 62;

export const diskFilled: Scenario = {
  name: 'disk-filled',
  title: 'The disk is filled with old temporary files',
  track: 'fleet',
  policy: 'Fleet-disk',
  expected: { outcome: 'recovered', reason: 'healed', acts: ['SendCommand healing-clear-caches'] },
  real: [
    ...realNode,
    `The files were written into ${fixtures.cacheFolder} of the node's own small file system; those that were old enough were deleted there.`,
  ],
  simulated: [
    ...simulatedNode,
    'Old is what was not changed for a minute in place of a day: when a file was changed last nobody can set back, so that the files really are that old.',
  ],
  target: (stage) => instanceOf(stage.machines.named(NODE)),
  async beforehand(stage) {
    await stage.machines.named(NODE).exec(['dd', 'if=/dev/zero', `of=${OLD_FILE}`, 'bs=1M', `count=${OLD_MEGABYTES}`, 'status=none']);
  },
  async before(stage) {
    const isOld = `[ $(($(date +%s) - $(stat -c %Z ${OLD_FILE}))) -ge ${OLD_AFTER_SECONDS} ]`;
    await stage.machines.named(NODE).exec(`until ${isOld}; do sleep 1; done`);
  },
  breakIt: (stage) => fault(stage.machines.named(NODE), 'fill?percent=95&ageMinutes=0'),
  isBroken: async (stage) => ((await measure(stage.machines.named(NODE))).diskUsedPercent ?? 100) > 85,
  endsCured: true,
  async tidyUp(stage) {
    await stage.machines.named(NODE).exec(`rm -f ${fixtures.cacheFolder}/upload-*`);
  },
};
