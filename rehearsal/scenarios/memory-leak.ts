import { fault, instanceOf, measure, realNode, simulatedNode } from './fleet-node.ts';
import type { Scenario } from './scenario.ts';

const NODE = 'web-1';

/** With what an idle service uses, about 97 % of the 256 MB that it may have. */
const LEAKED_MEGABYTES = 225;

export const memoryLeak: Scenario = {
  name: 'memory-leak',
  title: 'The web service leaks memory; clearing caches does not help, restarting it does',
  track: 'fleet',
  policy: 'Fleet-memory',
  expected: { outcome: 'recovered', reason: 'healed', acts: ['SendCommand healing-clear-caches', 'SendCommand healing-restart-service'] },
  real: [...realNode, 'The memory was really allocated; used percent is the share of the limit that the service declares.'],
  simulated: simulatedNode,
  target: (stage) => instanceOf(stage.machines.named(NODE)),
  breakIt: (stage) => fault(stage.machines.named(NODE), `leak?megabytes=${LEAKED_MEGABYTES}`),
  isBroken: async (stage) => ((await measure(stage.machines.named(NODE))).memoryUsedPercent ?? 100) > 90,
  endsCured: true,
};
