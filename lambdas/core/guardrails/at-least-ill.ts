import { after } from '../duration.ts';
import type { Guardrail } from './guardrail.ts';

/** Of a fleet in which a few members with the symptom are normal, none is acted on before so many have it. */
export const atLeastIll: Guardrail = ({ policy, snapshot: { stormWatch, facts }, now }) => {
  const { atLeastIll: least, lookEvery } = policy.guardrails;
  if (least === undefined) return undefined;
  // Neither is known of every alarm; then those count that came together.
  const seen = Math.max(stormWatch?.inAlarm ?? 0, facts.ill?.length ?? 0);
  const ill = seen > 0 ? seen : (stormWatch?.recent ?? 1);
  if (ill >= least) return undefined;
  const why = `${ill} of ${facts.groupSize} members ${ill === 1 ? 'has' : 'have'} the symptom; fewer than ${least} are left alone`;
  return { kind: 'wait', reason: 'too-few-ill', why, until: after(now, lookEvery) };
};
