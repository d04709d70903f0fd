import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { RUNNING } from '../../lambdas/core/pause.ts';
import { fixtures } from '../stage/fixtures.ts';
import type { Stage } from '../stage/stage.ts';
import { instanceOf, isServiceDown, kill, simulatedNode } from './fleet-node.ts';
import type { Scenario } from './scenario.ts';

const NODE = 'web-2';

async function setPause(stage: Stage, Value: string): Promise<void> {
  await stage.clients.ssm.send(new PutParameterCommand({ Name: `/self-healing/${fixtures.pipeline}/pause`, Value, Overwrite: true }));
}

export const paused: Scenario = {
  name: 'paused',
  title: 'The pause switch is on, and the web service is killed',
  track: 'alone',
  policy: 'Fleet-service-down',
  expected: { outcome: 'skipped', reason: 'paused', acts: [] },
  real: ['The service was really killed and stayed down; no command was sent to it.'],
  simulated: simulatedNode,
  target: (stage) => instanceOf(stage.machines.named(NODE)),
  async breakIt(stage) {
    await setPause(stage, 'rehearsal: somebody works on the fleet by hand');
    await kill(stage, NODE);
  },
  isBroken: (stage) => isServiceDown(stage, NODE),
  endsCured: false,
  async tidyUp(stage) {
    await setPause(stage, RUNNING);
    await stage.machines.named(NODE).exec(['systemctl', 'restart', 'web.service']);
  },
};
