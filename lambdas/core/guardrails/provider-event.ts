import { after } from '../duration.ts';
import type { Guardrail } from './guardrail.ts';

/** While AWS itself has a problem, a repair cannot help, may fail halfway, and takes capacity that may not come back. */
export const providerEvent: Guardrail = ({ policy, snapshot, now }) => {
  const [event, ...more] = snapshot.changeConditions.providerEvents;
  if (!event) return undefined;
  const others = more.length === 0 ? '' : `, and ${more.length} more`;
  const why = `AWS reports ${event.code} of ${event.service}: ${event.text} (${event.arn})${others}`;
  return { kind: 'wait', reason: 'provider-event', why, until: after(now, policy.guardrails.lookEvery) };
};
