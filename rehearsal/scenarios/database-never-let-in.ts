import { functionVariables, setFunctionVariables } from '../local-aws/function-variables.ts';
import { cast } from '../stage/cast.ts';
import type { Stage } from '../stage/stage.ts';
import { isShutOut, realDatabase, simulatedDatabase, theDatabase } from './database.ts';
import type { Scenario } from './scenario.ts';

const PROBE = `${cast.pipeline}-Database-unreachable-probe`;

/** Tells the probe that it stands elsewhere, as a deployment with other subnets does: another configuration, under which it was never well. */
async function moveProbe(stage: Stage, place: (before: string) => string): Promise<void> {
  const before = await functionVariables(stage.door.endpoint, PROBE);
  await setFunctionVariables(stage.door.endpoint, PROBE, { ...before, PROBE_NETWORK: place(before.PROBE_NETWORK ?? '') });
}

const ELSEWHERE = ' elsewhere';

export const databaseNeverLetIn: Scenario = {
  name: 'database-never-let-in',
  title: 'The probe is deployed into a network that the database has never let in; people are told that it is not set up',
  track: 'database',
  policy: 'Database-unreachable',
  alarm: `${PROBE}-not-set-up`,
  expected: { outcome: 'no-incident', reason: 'not-set-up', acts: [] },
  real: [
    ...realDatabase,
    'The function of the probe got another configuration, so that what it remembered of the old one did not count; nothing came back from the database’s port.',
  ],
  simulated: [
    ...simulatedDatabase,
    'In place of a security group, a full queue of connections lets nobody in; the other network is only a name.',
  ],
  target: () => theDatabase,
  async breakIt(stage) {
    await stage.database.settled();
    await stage.database.shutOut();
    await moveProbe(stage, (before) => `${before}${ELSEWHERE}`);
  },
  isBroken: isShutOut,
  endsCured: false,
  async tidyUp(stage) {
    await stage.database.letIn();
    await moveProbe(stage, (before) => before.replace(ELSEWHERE, ''));
  },
};
