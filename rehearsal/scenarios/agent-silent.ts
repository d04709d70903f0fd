import { fault, instanceOf, measure } from './fleet-node.ts';
import type { Scenario } from './scenario.ts';

const NODE = 'web-2';

/** With what an idle service uses, about 97 % of the 256 MB that it may have. */
const LEAKED_MEGABYTES = 225;

export const agentSilent: Scenario = {
  name: 'agent-silent',
  title: "The web service leaks memory and hangs, and the node's agent is silent: no script can run there, EC2 reboots it",
  track: 'fleet',
  policy: 'Fleet-memory',
  expected: { outcome: 'recovered', reason: 'healed', acts: ['RebootInstances'] },
  real: [
    'The memory was really allocated, and the service ignored the polite stop, so that the shutdown did not come to an end.',
    'The node was really rebooted by force: its init was ended and started again, and everything in it with it.',
  ],
  simulated: [
    'The silent agent: the rehearsal plays the agent, and no command was delivered to the node.',
    'EC2 is simulated by the rehearsal; it cuts the power after a few shortened minutes.',
  ],
  target: (stage) => instanceOf(stage.machines.named(NODE)),
  async breakIt(stage) {
    const node = stage.machines.named(NODE);
    node.agentOnline = false;
    await fault(node, `leak?megabytes=${LEAKED_MEGABYTES}`);
    await fault(node, 'hang');
  },
  async isBroken(stage) {
    const { memoryUsedPercent, answer } = await measure(stage.machines.named(NODE));
    return (memoryUsedPercent ?? 100) > 90 || !answer.answered;
  },
  endsCured: true,
  async tidyUp(stage) {
    stage.machines.named(NODE).agentOnline = true;
  },
};
