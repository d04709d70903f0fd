import { type ClosedPort, closePort } from '@self-healing/local-aws/database/closed-port.ts';
import { functionVariables, setFunctionVariables } from '@self-healing/local-aws/gateway/function-variables.ts';
import { fixtures } from '../stage/fixtures.ts';
import type { Stage } from '../stage/stage.ts';
import { isShut, realDatabase, simulatedDatabase, theDatabase } from './database.ts';
import type { Scenario } from './scenario.ts';

const PROBE = `${fixtures.pipeline}-Database-unreachable-probe`;

/** Tells the probe another port, as a deployment does: another configuration, under which it was never well. */
async function pointProbe(stage: Stage, port: number): Promise<void> {
  const before = await functionVariables(stage.gateway.endpoint, PROBE);
  const connections: Readonly<Record<string, object>> = JSON.parse(before.DATABASE_CONNECTIONS ?? '{}');
  const others = Object.entries(connections).map(([name, connection]) => [name, { ...connection, port }]);
  const DATABASE_CONNECTIONS = JSON.stringify(Object.fromEntries(others));
  await setFunctionVariables(stage.gateway.endpoint, PROBE, { ...before, DATABASE_CONNECTIONS });
}

let closed: ClosedPort | undefined;

export const databaseNeverLetIn: Scenario = {
  name: 'database-never-let-in',
  title: 'The probe is deployed with a way to the database that was never open; people are told that it is not set up',
  track: 'database',
  policy: 'Database-unreachable',
  alarm: `${PROBE}-not-set-up`,
  expected: { outcome: 'no-incident', reason: 'not-set-up', acts: [] },
  real: [
    ...realDatabase,
    'The function of the probe got another port, under which what it remembered did not count; nothing came back from there, since the kernel dropped whoever knocked.',
  ],
  simulated: [...simulatedDatabase, 'In place of a security group, a full queue of connections lets nobody in.'],
  target: () => theDatabase,
  async breakIt(stage) {
    await stage.database.settled();
    closed = await closePort(0);
    await pointProbe(stage, closed.port);
  },
  isBroken: async () => closed !== undefined && isShut(closed.port),
  endsCured: false,
  async tidyUp(stage) {
    await pointProbe(stage, stage.database.port);
    await closed?.open();
    closed = undefined;
  },
};
