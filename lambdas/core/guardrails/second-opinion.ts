import { after } from '../duration.ts';
import type { Guardrail } from './guardrail.ts';

/** Before a costly remedy a second source must find the target ill, too: an alarm of its own, as of a probe, or what EC2 or RDS says of it. */
export const secondOpinion: Guardrail = ({ policy, snapshot, now }) => {
  const opinion = snapshot.secondOpinion;
  if (opinion === undefined || opinion.agrees) return undefined;
  return { kind: 'wait', reason: 'second-opinion', why: opinion.why, until: after(now, policy.guardrails.lookEvery) };
};
