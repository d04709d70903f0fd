import { fixtures } from '../stage/fixtures.ts';
import { instanceOf, measure, member, realNode, simulatedNode } from './fleet-node.ts';
import type { Scenario } from './scenario.ts';

/** What the service runs. Without it no restart can help. */
const PROGRAM = '/usr/local/lib/rehearsal/web-service.mts';

export const memberReplaced: Scenario = {
  name: 'member-replaced',
  title: 'A group member has lost its program: restarting the service does not help, the member is replaced',
  track: 'group',
  policy: 'Group-unhealthy-targets',
  expected: {
    outcome: 'recovered',
    reason: 'healed',
    acts: ['SendCommand healing-restart-service', 'SetInstanceHealth Unhealthy'],
  },
  real: [
    ...realNode,
    'The program was deleted and the service killed; the restart really failed. The node was destroyed and another one booted in its place.',
  ],
  simulated: [...simulatedNode, 'The Auto Scaling group is simulated by the rehearsal, and so are the health checks of the load balancer.'],
  target: (stage) => instanceOf(member(stage)),
  async breakIt(stage) {
    const node = member(stage);
    await node.exec(['rm', PROGRAM]);
    await node.exec(['systemctl', 'kill', '--signal=SIGKILL', 'web.service']);
  },
  async isBroken(stage) {
    const measured = await Promise.all(stage.groupNodes().map(measure));
    return measured.filter(({ answer }) => answer.answered).length < fixtures.group.desired;
  },
  endsCured: true,
  tidyUp: (stage) => stage.autoScaling.settled(),
};
