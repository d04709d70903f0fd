import type { Policy } from '../core/policy.ts';
import type { Target } from '../core/target.ts';

type DatabaseTarget = Extract<Target, { readonly kind: 'database' | 'database-cluster' }>;

export function isDatabase(target: Target): target is DatabaseTarget {
  return target.kind === 'database' || target.kind === 'database-cluster';
}

/** Whether the target of a policy is a database. */
export function isOfDatabase({ targets }: Policy): boolean {
  return targets.kind === 'fixed' && isDatabase(targets.target);
}
