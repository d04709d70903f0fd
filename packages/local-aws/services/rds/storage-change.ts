import { type ActionHandler, AwsError, type Parameters, type Upstream } from '../../gateway/service.ts';
import type { DbInstance, InstanceBook } from './instance-book.ts';

/** The disk behind an instance. */
export interface GrowingMachine {
  /** Makes the disk as large, and resolves when it is. */
  grow(identifier: string, gibibytes: number): Promise<void>;
}

/** RDS takes no smaller step. */
const LEAST_STEP = 1.1;

/** ModifyDBInstance with storage that really grows. Everything else of the call is MiniStack's, which changes its record at once. */
export function modifyInstance(machine: GrowingMachine, book: InstanceBook, follow: (work: Promise<void>) => void): ActionHandler {
  return async (parameters, upstream) => {
    const { AllocatedStorage: wanted, ApplyImmediately } = parameters;
    if (typeof wanted !== 'number' || ApplyImmediately !== true) return upstream.call('rds', 'ModifyDBInstance', parameters);
    const id = String(parameters.DBInstanceIdentifier);
    const instance = await book.claim(id, upstream, 'modifying', (found) => refuseSmallStep(found, wanted));
    follow(change(instance, wanted, parameters, machine, book, upstream));
    return { DBInstance: { ...instance, PendingModifiedValues: { AllocatedStorage: wanted } } };
  };
}

function refuseSmallStep({ AllocatedStorage = 0 }: DbInstance, wanted: number): void {
  if (wanted >= Math.ceil(AllocatedStorage * LEAST_STEP)) return;
  throw new AwsError(
    'InvalidParameterCombination',
    `Invalid storage size for engine name postgres: ${wanted} must be at least 10 percent more than ${AllocatedStorage}.`,
  );
}

async function change(
  { DBInstanceIdentifier: id }: DbInstance,
  wanted: number,
  parameters: Parameters,
  machine: GrowingMachine,
  book: InstanceBook,
  upstream: Upstream,
): Promise<void> {
  try {
    await machine.grow(id, wanted);
    await upstream.call('rds', 'ModifyDBInstance', parameters);
    book.available(id);
  } catch (error) {
    book.failed(id, error);
  }
}
