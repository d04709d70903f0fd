import { setTimeout as sleep } from 'node:timers/promises';
import { fixtures } from '../stage/fixtures.ts';
import { checkout, endBatchJob, realDatabase, sessionsOf, simulatedDatabase, startBatchJob, theDatabase } from './database.ts';
import type { Scenario } from './scenario.ts';

/** Between the alarm's threshold and the 47 that are left to ordinary users. */
const SESSIONS = fixtures.database.connectionsAbove + 10;

export const connectionsUsedUp: Scenario = {
  name: 'connections-used-up',
  title: 'A wedged client holds the database connections, and none of them is in a transaction; the database is rebooted',
  track: 'database',
  policy: 'Database-connections',
  expected: { outcome: 'recovered', reason: 'healed', acts: ['RebootDBInstance orders'] },
  real: [
    ...realDatabase,
    'The sessions were opened and held by a process that was then stopped in its tracks; the restart of the engine dropped them.',
    'The rung before looked into the database and found no session that it may end.',
  ],
  simulated: simulatedDatabase,
  target: () => theDatabase,
  async breakIt(stage) {
    await startBatchJob(stage, 'leak', SESSIONS);
    while ((await sessionsOf(stage)) < SESSIONS) await sleep(100);
    await checkout(stage).exec(['systemctl', 'kill', '--signal=SIGSTOP', 'batch@leak.service']);
  },
  isBroken: async (stage) => (await sessionsOf(stage)) > fixtures.database.connectionsAbove,
  endsCured: true,
  tidyUp: (stage) => endBatchJob(stage, 'leak'),
};
