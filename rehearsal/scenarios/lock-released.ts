import { setTimeout as sleep } from 'node:timers/promises';
import { iso } from '../../lambdas/core/duration.ts';
import { fixtures } from '../stage/fixtures.ts';
import { endBatchJob, realDatabase, sessionsOf, simulatedDatabase, startBatchJob, theDatabase } from './database.ts';
import type { Scenario } from './scenario.ts';

/** Enough that the alarm on connections goes off. */
const WAITING = fixtures.database.connectionsAbove + 5;

const BLOCKED = "SELECT count(*)::int AS blocked FROM pg_stat_activity WHERE wait_event_type = 'Lock'";

/** What PostgreSQL logs of a session that somebody ended. */
const ENDED = /user=(\w+) FATAL: {2}terminating connection due to administrator command/;

export const lockReleased: Scenario = {
  name: 'lock-released',
  title: 'A forgotten transaction holds a lock, and the sessions that wait for it use up the database connections',
  track: 'database',
  policy: 'Database-connections',
  expected: { outcome: 'recovered', reason: 'healed', acts: ['pg_terminate_backend shop'] },
  real: [
    ...realDatabase,
    'The function logged in over TLS with the secret of the local Secrets Manager and ended the one session that held the lock, by the log of PostgreSQL; the others went on and finished by themselves.',
  ],
  simulated: simulatedDatabase,
  target: () => theDatabase,
  async breakIt(stage) {
    await startBatchJob(stage, 'lock', WAITING);
    while ((await sessionsOf(stage)) <= WAITING) await sleep(100);
  },
  isBroken: async (stage) => ((await stage.database.query<{ blocked: number }>(BLOCKED))[0]?.blocked ?? 0) > 0,
  async actsElsewhere(stage, since) {
    const log = await stage.database.primary.log(since);
    return log.flatMap(({ at, line }) => {
      const [, user] = ENDED.exec(line) ?? [];
      return user === undefined ? [] : [{ at: iso(at), call: `pg_terminate_backend ${user}` }];
    });
  },
  endsCured: true,
  tidyUp: (stage) => endBatchJob(stage, 'lock'),
};
