import { after } from '../duration.ts';
import type { Guardrail } from './guardrail.ts';

/**
 * Somebody quieted the alarm, as people and their tools do before maintenance: by disabling its actions, by what suppresses them, or by a
 * mute rule. CloudWatch sends its events all the same. What they say of it was seen before the incident was opened; it may begin later.
 */
export const muting: Guardrail = ({ incident: { alarmName }, policy, snapshot: { symptom, muted }, now }) => {
  if (symptom.disabled)
    return quieted(`the actions of alarm ${alarmName} are disabled`, `whoever disabled the actions of alarm ${alarmName}`);
  // Every such alarm begins so: whether anything suppresses it is known when its wait period is over.
  if (symptom.suppressed === 'perhaps') {
    const why = `CloudWatch waits for what may suppress the actions of alarm ${alarmName}`;
    return { kind: 'wait', reason: 'muted', why, until: after(now, policy.guardrails.lookEvery) };
  }
  if (symptom.suppressed)
    return quieted(`the actions of alarm ${alarmName} are suppressed`, `whoever suppresses the actions of alarm ${alarmName}`);
  return muted ? quieted(`a mute rule of alarm ${alarmName} is active`, `whoever muted alarm ${alarmName}`) : undefined;
};

function quieted(why: string, id: string): ReturnType<Guardrail> {
  return { kind: 'end', reason: 'muted', why, witness: { kind: 'person', id } };
}
