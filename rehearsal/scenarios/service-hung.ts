import { fault, instanceOf, measure, member, realNode, simulatedNode } from './fleet-node.ts';
import type { Scenario } from './scenario.ts';

export const serviceHung: Scenario = {
  name: 'service-hung',
  title: 'The web service of a group member hangs: it accepts requests and answers nothing',
  track: 'group',
  policy: 'Group-unhealthy-targets',
  expected: { outcome: 'recovered', reason: 'healed', acts: ['SendCommand healing-restart-service'] },
  real: [...realNode, 'The service ignored SIGTERM and was ended by force; requests before and after were really made.'],
  simulated: [...simulatedNode, 'There is no load balancer: the rehearsal makes the health checks.'],
  target: (stage) => instanceOf(member(stage)),
  breakIt: (stage) => fault(member(stage), 'hang'),
  isBroken: async (stage) => !(await measure(member(stage))).answer.answered,
  endsCured: true,
};
