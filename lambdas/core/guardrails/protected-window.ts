import { iso } from '../duration.ts';
import { protectionAt, windowInWords } from '../protected-window.ts';
import type { Guardrail } from './guardrail.ts';

/** Nothing is changed at the times that people keep free of changes, such as a batch run or trading hours. */
export const protectedWindow: Guardrail = ({ policy, now }) => {
  const protection = protectionAt(policy.guardrails.protectedWindows ?? [], now);
  if (!protection) return undefined;
  const { window, until } = protection;
  return { kind: 'wait', reason: 'protected-window', why: `protected until ${iso(until)}: ${windowInWords(window)}`, until };
};
