import * as z from 'zod';
import type { Breaker } from './circuit-breaker.ts';
import type { Instant } from './duration.ts';
import type { Attempt } from './incident.ts';
import type { End } from './reasons.ts';
import { isInVain, repairResult } from './repair-result.ts';

/** How much a policy may do by itself, strictest first: only record what it would do, ask a person first, act. */
export const modes = ['shadow', 'approval', 'automatic'] as const;

export const modeSchema = z.enum(modes);

export type Mode = (typeof modes)[number];

/** What takes a policy's right to act without asking. */
export const demotions = ['failed-repair', 'open-breaker', 'never'] as const;

/** A stricter mode than the policy's own, set after a failure or by an operator, until an operator takes it back. */
export interface ModeOverride {
  readonly mode: Mode;
  readonly why: string;
  readonly at: Instant;
  /** Who set it: `self-healing`, or the operator's ARN. */
  readonly by: string;
  /** Of one whose mode this version does not know, which counts as the strictest. */
  readonly unreadable?: true;
}

/** The override that an item of the incident table holds, whoever wrote it. An item from which no mode can be read is one to the strictest. */
export function overrideIn(item: { readonly override?: unknown } | undefined | null): ModeOverride | undefined {
  if (!item) return undefined;
  const { mode, why, at, by }: Partial<Record<keyof ModeOverride, unknown>> = item.override ?? {};
  const known = modes.find((each) => each === mode);
  return {
    mode: known ?? modes[0],
    why: typeof why === 'string' ? why : 'it is not known why',
    at: typeof at === 'number' ? at : Number.NaN,
    by: typeof by === 'string' ? by : '',
    ...(known === undefined && { unreadable: true }),
  };
}

/** The mode in force: the stricter of the policy's own and the override. An override never gives a policy more than it was deployed with. */
export function effectiveMode(own: Mode, override: ModeOverride | undefined): Mode {
  return modes[Math.min(modes.indexOf(own), modes.indexOf(override?.mode ?? own))] ?? 'shadow';
}

/** The modes that give a policy more than this one. */
export function lessStrictThan(mode: Mode): readonly Mode[] {
  return modes.slice(modes.indexOf(mode) + 1);
}

/** Whether a rung that was decided on, approved or not, may still be climbed in the mode in force: a demotion in between takes the right to act. */
export function isStillAllowed(mode: Mode, approved: boolean): boolean {
  return mode === 'automatic' || (mode === 'approval' && approved);
}

interface Demotable {
  readonly name: string;
  readonly mode: Mode;
  readonly demoteAfter: (typeof demotions)[number];
}

/**
 * The override that an incident's end leads to, if the policy wants it: after an open breaker, with which repairs go on failing,
 * or after a single failed repair.
 */
export function demotionAfter(
  { name, mode, demoteAfter }: Demotable,
  end: End,
  attempts: readonly Attempt[],
  breaker: Breaker | undefined,
  now: Instant,
): ModeOverride | undefined {
  if (demoteAfter === 'never' || mode !== 'automatic' || repairResult(end, attempts) !== 'failed') return undefined;
  const demoted = (why: string): ModeOverride => ({ mode: 'approval', why, at: now, by: 'self-healing' });
  if (breaker?.state === 'open') return demoted(`the circuit breaker of policy ${name} opened: ${breaker.why}`);
  if (demoteAfter === 'open-breaker') return undefined;
  const failed = attempts.filter(isInVain).map(({ remedy }) => remedy);
  return demoted(`policy ${name} did not repair its target with ${failed.join(', ')} (${end.reason})`);
}
