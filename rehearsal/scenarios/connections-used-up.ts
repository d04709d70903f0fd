import { setTimeout as sleep } from 'node:timers/promises';
import { cast } from '../stage/cast.ts';
import type { Scenario } from './scenario.ts';

const CLIENT = 'leaky-client.service';
const OPEN_SESSION_EVERY_MS = 40;

/** Between the alarm's threshold and the stand-in's limit of 50. */
const SESSIONS = cast.database.connectionsAbove + 10;

/** The client opens sessions quickly for the drill; its own pace is one a second. */
const HURRY = `mkdir -p /run/systemd/system/${CLIENT}.d
printf '[Service]\\nEnvironment=OPENING_INTERVAL_MS=%s\\n' ${OPEN_SESSION_EVERY_MS} > /run/systemd/system/${CLIENT}.d/hurry.conf
systemctl daemon-reload
systemctl start ${CLIENT}
`;

export const connectionsUsedUp: Scenario = {
  name: 'connections-used-up',
  title: 'A wedged client holds the database connections; the database is rebooted',
  track: 'database',
  policy: 'Database-connections',
  expected: { outcome: 'recovered', reason: 'healed', acts: ['RebootDBInstance orders'] },
  real: [
    'The sessions were really opened and held by a process that was then stopped in its tracks; the restart of the engine dropped them.',
  ],
  simulated: ['The RDS instance is a record; behind it a stand-in for an engine runs in a node, which counts sessions and is no database.'],
  target: () => ({ kind: 'database', id: cast.database.id }),
  async breakIt(stage) {
    await stage.database.node.exec(HURRY);
    while (((await stage.database.sessions()) ?? 0) < SESSIONS) await sleep(100);
    await stage.database.node.exec(['systemctl', 'kill', '--signal=SIGSTOP', CLIENT]);
  },
  isBroken: async (stage) => ((await stage.database.sessions()) ?? 0) > cast.database.connectionsAbove,
  endsCured: true,
  async tidyUp(stage) {
    await stage.database.node.exec(['systemctl', 'kill', '--signal=SIGKILL', CLIENT]);
  },
};
