import type { Policy } from '../core/policy.ts';
import type { Databases } from '../core/ports.ts';
import type { Signal } from '../core/signal.ts';

/**
 * The signal, unless it is about an instance outside the cluster of a policy: no rule can name the members of a cluster, which change, so
 * that it lets in events of all instances. Where RDS does not tell of which cluster an instance is, the signal counts and says so: whether
 * anything is wrong is read from the cluster itself.
 */
export async function ofOwnDatabase(
  { targets }: Policy,
  signal: Signal,
  databases: Pick<Databases, 'describe'>,
): Promise<Signal | undefined> {
  const { databaseInstance: id, reason } = signal;
  if (id === undefined || targets.kind !== 'fixed' || targets.target.kind !== 'database-cluster') return signal;
  const found = await databases.describe(id).catch(() => undefined);
  if (!found) return { ...signal, reason: `${reason}, of instance ${id}; RDS does not tell of which cluster that is` };
  return found.cluster?.toLowerCase() === targets.target.id.toLowerCase()
    ? { ...signal, reason: `${reason}, of instance ${id}` }
    : undefined;
}
