import { spentLately } from '../claim.ts';
import { after, inWords, milliseconds } from '../duration.ts';
import { attemptToken } from '../incident.ts';
import { nextRung } from '../ladder.ts';
import type { Guardrail } from './guardrail.ts';

/** Most acts of the whole pipeline in a period: a pipeline that is wrong must not be wrong everywhere. */
export const budget: Guardrail = ({ incident, policy, snapshot, now }) => {
  const { attempts, history, spending } = snapshot;
  const { acts, per } = policy.guardrails.budget;
  const spent = Object.entries(spentLately(spending, milliseconds(per), now));
  const rung = nextRung(policy, attempts, history, now, snapshot).number;
  if (spent.length < acts || spent.some(([token]) => token === attemptToken(incident.id, rung))) return undefined;
  const oldest = Math.min(...spent.map(([, at]) => at));
  const why = `the pipeline acted ${spent.length} times in the last ${inWords(milliseconds(per))}; ${acts} are allowed`;
  return { kind: 'wait', reason: 'budget-used-up', why, until: Math.max(after(oldest, per), after(now, policy.guardrails.lookEvery)) };
};
