import { remediator as addCapacity } from './add-capacity.ts';
import { remediator as clearCaches } from './clear-caches.ts';
import { remediator as failOverDatabase } from './fail-over-database.ts';
import { remediator as growFileSystem } from './grow-file-system.ts';
import { remediator as growStorage } from './grow-storage.ts';
import { remediator as growVolume } from './grow-volume.ts';
import { remediator as moveInstance } from './move-instance.ts';
import { remediator as rebootDatabase } from './reboot-database.ts';
import { remediator as reconnectSessions } from './reconnect-sessions.ts';
import { remediator as releaseSessions } from './release-sessions.ts';
import type { Remediator } from './remediator.ts';
import { remediator as replaceInstance } from './replace-instance.ts';
import { remediator as restartInstance } from './restart-instance.ts';
import { remediator as restartService } from './restart-service.ts';
import { remediator as runRunbook } from './run-runbook.ts';
import { remediator as waitAndSee } from './wait-and-see.ts';

/** Every remediator, by the name of its method `Remedy.<name>()`, whose comment editors show there. The only list of them. */
export const registry = {
  /** Waits and looks again, for what passes by itself. Changes nothing. For every target. */
  waitAndSee,
  /** Restarts one service of an instance, by Run Command: `Remedy.restartService('nginx')`. Requests in flight there are cut off. */
  restartService,
  /**
   * Reboots an instance: by its Systems Manager agent in order, or by EC2 where the agent is silent. `Remedy.restartInstance('ec2')`
   * never asks the agent.
   */
  restartInstance,
  /** Stops and starts an instance, so that EC2 puts it on another host. Names the KMS keys of its encrypted volumes in `keys`. */
  moveInstance,
  /** Has an Auto Scaling group replace an instance that is its member. What is only on the instance is lost. */
  replaceInstance,
  /** Deletes old temporary files of an instance, by Run Command: `Remedy.clearCaches({ paths: ['/srv/app/tmp'] })`. */
  clearCaches,
  /**
   * Raises the capacity of an Auto Scaling group, and gives it back later: `Remedy.addCapacity({ instances: 2 })`. One instance by
   * default.
   */
  addCapacity,
  /** Reboots an RDS instance or a Multi-AZ DB cluster. It serves nothing meanwhile, and every session is cut off. */
  rebootDatabase,
  /** Fails a Multi-AZ RDS instance over to its standby, or a cluster to one of its readers. Every session is cut off. */
  failOverDatabase,
  /** Raises the allocated storage of an RDS instance, for good: `Remedy.growStorage({ ceilingGibibytes: 500 })`. */
  growStorage,
  /**
   * Raises the size of a tagged EBS volume of an instance, for good: `Remedy.growVolume({ ceilingGibibytes: 200 })`. `growFileSystem` is
   * the next rung.
   */
  growVolume,
  /**
   * Grows a file system of an instance to the size of its disk, by Run Command: `Remedy.growFileSystem('/var/lib/data')`, by default of
   * `/`.
   */
  growFileSystem,
  /**
   * Has the clients on an instance renew their database connections: `Remedy.reconnectSessions({ by: 'pgbouncer' })`, by a service or by
   * a program of yours.
   */
  reconnectSessions,
  /** Ends sessions that hold up others in a database. The database must have its access: `Database.instance('orders', access)`. */
  releaseSessions,
  /** Runs an Automation document of yours under a role of yours, for every target: `Remedy.runRunbook({ document, assumeRole })`. */
  runRunbook,
} as const;

const byName: ReadonlyMap<string, Remediator> = new Map(Object.values(registry).map((remediator) => [remediator.name, remediator]));

export const remedyNames: readonly string[] = [...byName.keys()];

/** The remediator that a policy's rung names, or undefined when there is none of that name. */
export function remediatorNamed(name: string): Remediator | undefined {
  return byName.get(name);
}
