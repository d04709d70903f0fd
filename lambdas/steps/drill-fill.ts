import { type Fill, fillOf } from '../core/drill-fill.ts';
import type { Policy } from '../core/policy.ts';
import { remediatorNamed } from '../remediators/registry.ts';

/** What a drill for real of the policy would fill, in a folder that its own ladder clears, or why it cannot be. */
export function drillFill(policy: Policy): Fill | { readonly why: string } {
  const cleared = policy.ladder.flatMap(({ remedy, params }) => {
    const remediator = remediatorNamed(remedy);
    const read = remediator?.params.safeParse(params);
    return read?.success ? (remediator?.clears?.(read.data) ?? []) : [];
  });
  return fillOf(policy, [...new Set(cleared)]);
}
