import { fixtures } from '../stage/fixtures.ts';
import { instanceOf, measure, realNode, simulatedNode } from './fleet-node.ts';
import type { Scenario } from './scenario.ts';

const NODE = 'web-2';
const FILE = `${fixtures.disk}/orders.data`;

export const noCure: Scenario = {
  name: 'no-cure',
  title: 'The disk is filled with data that no remedy may delete, and is no volume that could grow',
  track: 'fleet',
  policy: 'Fleet-disk',
  expected: {
    outcome: 'handed-off',
    reason: 'ladder-exhausted',
    acts: ['SendCommand healing-clear-caches', 'SendCommand healing-grow-file-system'],
  },
  real: [
    ...realNode,
    'The data was written outside of the folder of temporary files; the remedy ran and left it alone.',
    'The disk is memory, which is neither a volume nor a file system that can be grown: the next remedy did not apply, the last one refused in the node.',
  ],
  simulated: simulatedNode,
  target: (stage) => instanceOf(stage.machines.named(NODE)),
  async breakIt(stage) {
    await stage.machines.named(NODE).exec(['dd', 'if=/dev/zero', `of=${FILE}`, 'bs=1M', 'count=44', 'status=none']);
  },
  isBroken: async (stage) => ((await measure(stage.machines.named(NODE))).diskUsedPercent ?? 100) > 85,
  endsCured: false,
  async tidyUp(stage) {
    await stage.machines.named(NODE).exec(['rm', '-f', FILE]);
  },
};
