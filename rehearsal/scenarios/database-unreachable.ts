import { realDatabase, simulatedDatabase, theDatabase } from './database.ts';
import type { Scenario } from './scenario.ts';

/** Written and committed before the fault; the standby must have it. */
const AMOUNT = 4_711;

export const databaseUnreachable: Scenario = {
  name: 'database-unreachable',
  title: 'The database engine freezes: its port is open, and it answers nobody; the database fails over',
  track: 'database',
  policy: 'Database-unreachable',
  expected: { outcome: 'recovered', reason: 'healed', acts: ['RebootDBInstance orders'] },
  real: [
    ...realDatabase,
    'The deployed probe logged in and asked once in each shortened minute, and found out by itself.',
    'Every process of the engine was stopped in its tracks; then its machine lost its power, the standby was promoted with all that was committed, and the endpoint led there.',
  ],
  simulated: simulatedDatabase,
  target: () => theDatabase,
  async breakIt(stage) {
    await stage.database.settled();
    await stage.database.query(`UPDATE orders SET amount = ${AMOUNT} WHERE id = 1`);
    await stage.database.primary.freeze();
  },
  isBroken: async (stage) => {
    const rows = await stage.database.query<{ amount: number }>('SELECT amount FROM orders WHERE id = 1').catch(() => []);
    return rows[0]?.amount !== AMOUNT;
  },
  endsCured: true,
  tidyUp: (stage) => stage.database.settled(),
};
