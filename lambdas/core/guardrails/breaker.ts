import { passage } from '../circuit-breaker.ts';
import { after } from '../duration.ts';
import type { Guardrail } from './guardrail.ts';

/** A policy whose repairs fail one after the other stops, on all targets; later one incident may try. */
export const breaker: Guardrail = ({ incident, policy, snapshot, now }) => {
  const answer = passage(snapshot.breaker, incident.id, now);
  if (answer.kind !== 'blocked') return undefined;
  const why = `the circuit breaker of policy ${policy.name} is ${snapshot.breaker.state}: ${answer.why}`;
  if (answer.until === undefined) return { kind: 'end', reason: 'breaker-open', why };
  return { kind: 'wait', reason: 'breaker-open', why, until: Math.max(answer.until, after(now, policy.guardrails.lookEvery)) };
};
