import type { Database } from '../core/ports.ts';
import {
  assessAvailability,
  availableOrRefusal,
  noParams,
  observeDatabase,
  observePermission,
  rebootPermission,
} from './database-observation.ts';
import { defineRemediator, isRefusal } from './remediator.ts';

/**
 * Reboots an RDS instance in place.
 *
 * Cures what: an engine that is wedged, or whose connections are used up by clients that never return.
 * Does what in AWS: one `rds:RebootDBInstance` without failover.
 * Can harm what: every session is cut off and the database is away for about a minute; a cold cache makes it slower for a while.
 * Refuses when: the database does not exist or is not `available`.
 * Safe twice: no, each is an outage; the attempt record keeps it to one.
 */
export const remediator = defineRemediator<typeof noParams, Database | undefined, { id: string }, object>({
  name: 'reboot-database',
  targets: ['database'],
  acts: true,
  params: noParams,
  settle: { minutes: 1 },
  verifyWithin: { minutes: 10 },
  permissions: { observe: [observePermission], execute: [rebootPermission] },
  observe: (target, _params, ports) => observeDatabase(target, ports),
  plan(observed) {
    const database = availableOrRefusal(observed);
    return isRefusal(database) ? database : { id: database.id };
  },
  deed: ({ id }) => `reboot database ${id}`,
  async execute({ plan }, { databases }) {
    await databases.reboot(plan.id, { failOver: false });
    return {};
  },
  assess: (_plan, database) => assessAvailability(database),
});
