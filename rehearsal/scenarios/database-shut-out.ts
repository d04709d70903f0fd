import { isServed, isShut, realDatabase, simulatedDatabase, theDatabase } from './database.ts';
import type { Scenario } from './scenario.ts';

export const databaseShutOut: Scenario = {
  name: 'database-shut-out',
  title: 'The probe is not let in to the database any more; the application is, and nothing fails over',
  track: 'database',
  policy: 'Database-unreachable',
  expected: { outcome: 'handed-off', reason: 'observer-at-fault', acts: [] },
  real: [
    ...realDatabase,
    'The deployed probe really got nothing back: the kernel dropped whoever knocked at its port. The application went on by its own way.',
  ],
  simulated: [...simulatedDatabase, 'In place of a security group, a full queue of connections lets nobody in.'],
  target: () => theDatabase,
  async breakIt(stage) {
    await stage.database.settled();
    await stage.database.shutOut();
  },
  isBroken: async (stage) => (await isShut(stage.database.port)) && (await isServed(stage)),
  endsCured: false,
  tidyUp: (stage) => stage.database.letIn(),
};
