import { setTimeout as sleep } from 'node:timers/promises';
import { instanceOf, isServiceDown, kill, realNode, simulatedNode } from './fleet-node.ts';
import type { Scenario } from './scenario.ts';

const NODE = 'web-1';
const ALARM = 'healing-Fleet-service-down';

export const deliveredThrice: Scenario = {
  name: 'delivered-thrice',
  title: 'The web service is killed, and its alarm is delivered three times',
  track: 'fleet',
  policy: 'Fleet-service-down',
  expected: { outcome: 'recovered', reason: 'healed', acts: ['SendCommand healing-restart-service'], duplicates: 2 },
  real: [...realNode, 'The same event was delivered three times; the record of calls has one command.'],
  simulated: simulatedNode,
  target: (stage) => instanceOf(stage.machines.named(NODE)),
  breakIt: (stage) => kill(stage, NODE),
  async meanwhile(stage, faultAt) {
    const { instanceId } = stage.machines.named(NODE);
    for (;;) {
      const alarmed = stage.events.alarmed(ALARM, faultAt, instanceId);
      if (alarmed) return stage.gateway.upstream.sendEvents([alarmed.event, alarmed.event]);
      await sleep(50);
    }
  },
  isBroken: (stage) => isServiceDown(stage, NODE),
  endsCured: true,
};
