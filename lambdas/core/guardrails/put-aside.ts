import { after } from '../duration.ts';
import { targetInWords } from '../target.ts';
import type { Guardrail } from './guardrail.ts';

/**
 * What its Auto Scaling group has put aside is left alone, by every remedy: somebody works on a member in Standby, the group
 * itself ends or detaches one, and one that is not in service yet, or gets another root volume, is still being set up.
 */
export const putAside: Guardrail = ({ incident, policy, snapshot: { facts }, now }) => {
  const { lifecycle } = facts;
  if (lifecycle === undefined || lifecycle === 'InService') return undefined;
  const why = `the Auto Scaling group of ${targetInWords(incident.target)} has it in ${lifecycle}`;
  if (/^(Terminat|Detach)/.test(lifecycle)) return { kind: 'end', reason: 'target-gone', why };
  if (/^(Pending|EnteringStandby|ReplacingRootVolume|RootVolumeReplaced)/.test(lifecycle))
    return { kind: 'wait', reason: 'put-aside', why, until: after(now, policy.guardrails.lookEvery) };
  return { kind: 'end', reason: 'put-aside', why };
};
