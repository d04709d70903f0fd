import * as z from 'zod';
import { daysUntilFull, type FreeSpace, fullInWords } from '../core/days-until-full.ts';
import type { Database } from '../core/ports.ts';
import { availableOrRefusal, observeDatabase, observePermission } from './database-observation.ts';
import { defineRemediator, isRefusal, type Refusal } from './remediator.ts';

/** RDS refuses an increase by less than this. */
const LEAST_PERCENT = 10;

const paramsSchema = z.strictObject({
  /** Share of the allocated storage to add, rounded up to whole gibibytes. RDS takes no less than 10. @default 20 */
  percent: z.number().min(LEAST_PERCENT, `must be at least ${LEAST_PERCENT} percent`).max(100).default(20),
  /** Never grow beyond this, since storage can not be taken back. */
  ceilingGibibytes: z.int().min(20, 'must be at least 20 gibibytes').max(65_536),
});

interface Observed {
  readonly database?: Database;
  /** Read before the growth only. */
  readonly free: readonly FreeSpace[];
}

interface Plan {
  readonly id: string;
  readonly from: number;
  readonly to: number;
  /** When the storage would be full without the growth; absent where that cannot be told. */
  readonly fullInDays?: number;
}

/**
 * Raises the allocated storage of an RDS instance.
 *
 * Cures what: storage that fills up, before RDS shuts the database down.
 * Does what in AWS: one `rds:ModifyDBInstance` with an absolute size computed from what was observed: 20 % more, or `percent`, up to the
 * ceiling. It says in how many days the storage would be full at the growth of the last day.
 * Can harm what: cost, for good: allocated storage cannot be made smaller; the disk is slower while AWS optimizes it.
 * Refuses when: a change of it waits for the maintenance window, which RDS would apply along with the storage, an outage at a
 * moment that nobody chose; the database does not exist, is neither `available` nor `storage-full` (RDS allows one change in six hours and shows
 * `storage-optimization` meanwhile), or the ceiling leaves no room for the least increase that RDS takes.
 * It does not apply to a member of a cluster: the storage of Aurora grows by itself, and that of a Multi-AZ DB cluster RDS grows for the
 * cluster alone.
 * Safe twice: yes, the same absolute size is set.
 * Proved by: `contract/remediators`, `unit/remediators/grow-storage`.
 */
export const remediator = defineRemediator<'databases', typeof paramsSchema, Observed, Plan, object>({
  name: 'grow-storage',
  targets: ['database'],
  acts: true,
  cost: 'money',
  forGood: true,
  params: paramsSchema,
  settle: { minutes: 2 },
  verifyWithin: { minutes: 30 },
  // RDS shows the database as being modified meanwhile, and takes no other change of it.
  longest: () => ({ hours: 1 }),
  heldTo: ({ id, from, to }) => ({ id, from, to }),
  ports: { databases: true },
  permissions: {
    observe: [observePermission, { actions: ['cloudwatch:GetMetricData'], on: 'any' }],
    execute: [{ actions: ['rds:ModifyDBInstance'], on: 'targets' }],
  },
  async observe(target, _params, ports, receipt) {
    const database = await observeDatabase(target, ports);
    const free = database && !receipt ? await ports.databases.freeStorage(database.id) : [];
    return { free, ...(database && { database }) };
  },
  plan({ database: observed, free }, { percent, ceilingGibibytes }) {
    // A full database takes no connections, and more storage is what RDS itself asks for.
    const database = observed?.status === 'storage-full' ? observed : availableOrRefusal(observed);
    if (isRefusal(database)) return database;
    if (database.cluster !== undefined)
      return { refusal: 'not-applicable', why: `the storage belongs to the cluster ${database.cluster}; RDS grows it at no member` };
    if (database.queued) return { refusal: 'unsafe-to-act', why: queuedInWords(database.queued) };
    const growth = planGrowth(database, percent, ceilingGibibytes);
    const fullInDays = daysUntilFull(free);
    return isRefusal(growth) || fullInDays === undefined ? growth : { ...growth, fullInDays };
  },
  summary({ id, from, to, fullInDays }) {
    const outlook = fullInDays === undefined ? '' : `, ${fullInWords(fullInDays)} at the growth of the last day`;
    return `grow the storage of database ${id} from ${from} to ${to} GiB${outlook}`;
  },
  async execute({ plan: { id, to } }, { databases }) {
    await databases.growStorage(id, to);
    return {};
  },
  assess({ to }, { database }) {
    if (!database) return { kind: 'failed', hopeless: true, why: 'the database does not exist any more' };
    // Optimizing goes on for hours after the storage can be used, and holds up nothing.
    if (database.allocatedGibibytes < to || database.status === 'modifying')
      return { kind: 'running', why: `${database.allocatedGibibytes} of ${to} GiB are allocated; the database is ${database.status}` };
    return { kind: 'done', detail: `${database.allocatedGibibytes} GiB are allocated` };
  },
});

/** RDS changes a database at once or in its maintenance window, and "at once" means all that waits as well. */
function queuedInWords(queued: readonly string[]): string {
  return `growing it at once would also apply what waits for its maintenance window: ${queued.join(', ')}`;
}

function planGrowth({ id, allocatedGibibytes: from }: Database, percent: number, ceiling: number): Plan | Refusal {
  const to = Math.min(from + Math.ceil((from * percent) / 100), ceiling);
  if (to >= from + Math.ceil((from * LEAST_PERCENT) / 100)) return { id, from, to };
  return { refusal: 'not-applicable', why: `the database has ${from} GiB; the ceiling of ${ceiling} GiB leaves no room to grow` };
}
