import { setTimeout as sleep } from 'node:timers/promises';
import { bootNode, type ManagedNode } from '../nodes/managed-node.ts';
import { measureDatabase } from '../nodes/node-measurements.ts';
import type { DatabaseMachine } from '../supplements/rds.ts';
import { cast } from './cast.ts';

/** The machine behind the RDS record: a node that runs the stand-in for a database engine. */
export class OrdersDatabase implements DatabaseMachine {
  #node: ManagedNode | undefined;

  get node(): ManagedNode {
    if (!this.#node) throw new Error('the database is not started');
    return this.#node;
  }

  async start(): Promise<void> {
    this.#node = await bootNode({ name: cast.database.node, instanceId: 'i-0da7aba5e00000000' });
    await this.reboot();
  }

  /** Restarts the engine, which drops every session. A failover does the same here: there is one engine. */
  async reboot(): Promise<void> {
    await this.node.exec(['systemctl', 'restart', 'database.service']);
    for (let tries = 0; tries < 50; tries += 1) {
      if ((await this.sessions()) !== undefined) return;
      await sleep(100);
    }
    throw new Error('the stand-in database does not answer after its restart');
  }

  async sessions(): Promise<number | undefined> {
    if (!this.#node) return undefined;
    return (await measureDatabase(this.#node))?.sessions;
  }

  async stop(): Promise<void> {
    await this.#node?.destroy();
  }
}
