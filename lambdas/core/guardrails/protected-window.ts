import { DECISION_HOLDS_FOR, STEP_LASTS } from '../decision-age.ts';
import { iso, milliseconds } from '../duration.ts';
import { protectionWithin, windowInWords } from '../protected-window.ts';
import type { Guardrail } from './guardrail.ts';

/** What is decided now may be acted on as much later. */
const ACTED_ON_WITHIN = { seconds: (milliseconds(DECISION_HOLDS_FOR) + milliseconds(STEP_LASTS)) / 1_000 };

/** Nothing is changed at the times that people keep free of changes, such as a batch run or trading hours. */
export const protectedWindow: Guardrail = ({ policy, now }) => {
  const protection = protectionWithin(policy.guardrails.protectedWindows ?? [], now, ACTED_ON_WITHIN);
  if (!protection) return undefined;
  const { window, until } = protection;
  return { kind: 'wait', reason: 'protected-window', why: `protected until ${iso(until)}: ${windowInWords(window)}`, until };
};
