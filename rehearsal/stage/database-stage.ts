import { join } from 'node:path';
import { CHECKOUT_SOCKET, installCheckout } from '@self-healing/local-aws/database/checkout-machine.ts';
import { findDatabasePrograms } from '@self-healing/local-aws/database/database-support.ts';
import { OrdersDatabase } from '@self-healing/local-aws/database/orders-database.ts';
import { Relay } from '@self-healing/local-aws/database/relay.ts';
import { type FixturePlaces, fixtures } from './fixtures.ts';
import type { Machines } from './machines.ts';

/** The database and the application that works with it. */
export interface DatabaseStage {
  readonly database: OrdersDatabase;
  /** What the stack must be told of them. */
  readonly places: FixturePlaces;
  /** Boots all of their machines. */
  start(machines: Machines): Promise<void>;
  stop(): Promise<void>;
}

/** Makes the places at which database and application will be found; nobody answers there before `start`. */
export async function openDatabaseStage(folder: string, say: (line: string) => void): Promise<DatabaseStage> {
  const programs = await findDatabasePrograms(say);
  if (!programs.ok) throw new Error(`${programs.why}: ${programs.next}`);
  const { database: simulated, checkout } = fixtures;
  const database = await OrdersDatabase.open({
    nodes: simulated.nodes,
    database: simulated.id,
    endpointNames: [simulated.host, simulated.endpointForApplication],
    allocatedGibibytes: simulated.allocatedGibibytes,
    programs: programs.postgresql,
    folder: join(folder, 'certificates'),
  });
  let page: string | undefined;
  const site = new Relay(() => page);
  const port = await site.listen(0);
  return {
    database,
    places: {
      databasePort: database.port,
      databaseAuthority: database.certificate.authority,
      siteUrl: `http://localhost:${port}/`,
    },
    async start(machines) {
      const [node] = await Promise.all([machines.bootSingle(checkout.instanceId, checkout.node), database.start()]);
      await installCheckout(node, database, {
        database: simulated.id,
        endpointName: simulated.endpointForApplication,
        pgbouncer: programs.pgbouncer,
      });
      page = `/proc/${node.initPid()}/root${CHECKOUT_SOCKET}`;
    },
    async stop() {
      await Promise.all([site.close(), database.stop()]);
    },
  };
}
