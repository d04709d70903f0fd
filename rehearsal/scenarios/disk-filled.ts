import { cast } from '../stage/cast.ts';
import { fault, instanceOf, measure, realNode, simulatedNode } from './fleet-node.ts';
import type { Scenario } from './scenario.ts';

const NODE = 'web-2';

/** Two days, older than the day after which the remedy takes temporary files. */
const AGE_MINUTES = 2_880;

export const diskFilled: Scenario = {
  name: 'disk-filled',
  title: 'The disk is filled with old temporary files',
  track: 'fleet',
  policy: 'Fleet-disk',
  expected: { outcome: 'recovered', reason: 'healed', acts: ['SendCommand healing-clear-caches'] },
  real: [...realNode, `The files were written into ${cast.cacheFolder} of the node's own small file system and deleted there.`],
  simulated: simulatedNode,
  target: (stage) => instanceOf(stage.machines.named(NODE)),
  breakIt: (stage) => fault(stage.machines.named(NODE), `fill?percent=95&ageMinutes=${AGE_MINUTES}`),
  isBroken: async (stage) => ((await measure(stage.machines.named(NODE))).diskUsedPercent ?? 100) > 85,
  endsCured: true,
};
