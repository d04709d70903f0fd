import { instanceOf, isServiceDown, kill, realNode, simulatedNode } from './fleet-node.ts';
import type { Scenario } from './scenario.ts';

const NODE = 'web-1';

export const serviceKilled: Scenario = {
  name: 'service-killed',
  title: 'The web service is killed',
  track: 'fleet',
  policy: 'Fleet-service-down',
  expected: { outcome: 'recovered', reason: 'healed', acts: ['SendCommand healing-restart-service'] },
  real: [...realNode, 'The service was ended by SIGKILL and restarted by systemd.'],
  simulated: simulatedNode,
  target: (stage) => instanceOf(stage.machines.named(NODE)),
  breakIt: (stage) => kill(stage, NODE),
  isBroken: (stage) => isServiceDown(stage, NODE),
  endsCured: true,
};
