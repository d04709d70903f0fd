import type { Policy } from '../core/policy.ts';

/** The Auto Scaling group that is the target of a policy, or that its targets are members of. */
export function groupNameOf({ targets, group }: Policy): string | undefined {
  if (targets.kind === 'fixed' && targets.target.kind === 'auto-scaling-group') return targets.target.name;
  return group.kind === 'auto-scaling-group' ? group.name : undefined;
}
