import { after } from '../duration.ts';
import type { Guardrail } from './guardrail.ts';

/** A rollout takes members out of service by itself; a repair beside it would take out more than both allow. */
export const deploymentInProgress: Guardrail = ({ policy, snapshot, now }) => {
  const { deployments } = snapshot.changeConditions;
  if (deployments.length === 0) return undefined;
  const until = after(now, policy.guardrails.lookEvery);
  return { kind: 'wait', reason: 'deployment-in-progress', why: `under way: ${deployments.join(', ')}`, until };
};
