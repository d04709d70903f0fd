import { setTimeout as sleep } from 'node:timers/promises';
import { RebootDBInstanceCommand } from '@aws-sdk/client-rds';
import { CHECKOUT_SOCKET } from '@self-healing/local-aws/database/checkout-machine.ts';
import { fixtures } from '../stage/fixtures.ts';
import type { Stage } from '../stage/stage.ts';
import { checkout, realDatabase, simulatedDatabase } from './database.ts';
import type { Scenario } from './scenario.ts';

/** PgBouncer's own default for the size of a pool. */
const CONNECTIONS = 20;

/** As many connections are opened one after the other. */
const OPENS_WITHIN_MS = 40_000;

export const poolStale: Scenario = {
  name: 'pool-stale',
  title: 'The database fails over, and the pool of the application keeps its connections to the machine that is gone',
  track: 'database',
  policy: 'Site',
  alarm: `${fixtures.pipeline}-Site-unavailable`,
  expected: { outcome: 'recovered', reason: 'healed', acts: ['SendCommand healing-reconnect-sessions'] },
  real: [
    ...realDatabase,
    'PgBouncer had opened its 20 connections over TLS; the machine at their other end lost its power, so that nobody said goodbye to them.',
    'The deployed probe requested a page of the application, which looks up an order through the pool; the Command document had PgBouncer reconnect.',
  ],
  simulated: [...simulatedDatabase, 'What is sent to the lost machine is swallowed by the relay, as a network swallows it.'],
  target: () => ({ kind: 'instance', id: fixtures.checkout.instanceId }),
  async breakIt(stage) {
    await stage.database.settled();
    await askCheckout(stage, `/open?connections=${CONNECTIONS}`);
    const { primary } = stage.database;
    await stage.clients.rds.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: fixtures.database.id, ForceFailover: true }));
    while (stage.database.primary === primary) await sleep(50);
  },
  async isBroken(stage) {
    const answer = await checkout(stage).request('/', { socket: CHECKOUT_SOCKET });
    return !answer.answered || answer.status !== 200;
  },
  endsCured: true,
  async tidyUp(stage) {
    await askCheckout(stage, '/close');
    await stage.database.settled();
  },
};

async function askCheckout(stage: Stage, path: string): Promise<void> {
  const answer = await checkout(stage).request(path, { socket: CHECKOUT_SOCKET, timeoutMs: OPENS_WITHIN_MS });
  if (!answer.answered || answer.status !== 200) throw new Error(`the checkout did not take ${path}`);
}
