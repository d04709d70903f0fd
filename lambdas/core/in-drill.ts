import type { Policy } from './policy.ts';

/**
 * The policy as a drill goes by it: in shadow, whatever its own mode. The workflow's input has no other, so that also a function that knows
 * nothing of drills does nothing.
 */
export function inDrill(policy: Policy): Policy {
  return { ...policy, mode: 'shadow' };
}
