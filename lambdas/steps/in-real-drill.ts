import type { Policy } from '../core/policy.ts';
import { remediatorNamed } from '../remediators/registry.ts';

/**
 * The policy as an incident goes by it in the time of a drill for real: without the rungs whose deed nothing takes back. A volume that grew
 * for a drill would stay grown, and cost. The workflow's input has no other, so that also a function that knows nothing of drills does not
 * climb them. Where nothing is left the policy is in shadow.
 */
export function inRealDrill(policy: Policy): { readonly policy: Policy; readonly left: readonly string[] } {
  const isForGood = ({ remedy }: Policy['ladder'][number]) => remediatorNamed(remedy)?.forGood === true;
  const left = policy.ladder.filter(isForGood).map(({ remedy }) => remedy);
  if (left.length === 0) return { policy, left };
  const ladder = policy.ladder.filter((rung) => !isForGood(rung));
  return { policy: ladder.length === 0 ? { ...policy, mode: 'shadow' } : { ...policy, ladder }, left };
}
