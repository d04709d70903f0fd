import type { Pause } from './guardrails/guardrail.ts';
import { effectiveMode, type Mode, type ModeOverride } from './mode.ts';
import type { Policy } from './policy.ts';

/** What of a workflow's state is judged: the policy, and in which record intake found it. */
interface Decided {
  readonly policy: Policy;
  /** @default - an earlier version did not say */
  readonly record?: string | undefined;
}

/** What people have said and deployed, as it is read last before something is done to a target. */
export interface Said {
  readonly pause: Pause;
  /** @default - nobody made the policy stricter than it was deployed */
  readonly override?: ModeOverride | undefined;
  /** The records of the policy that there are. @default - they were not asked for */
  readonly records?: readonly string[] | undefined;
}

/** What the last look leaves: the mode in force, or why nothing may be done at all. */
export type LastLook =
  | { readonly kind: 'go'; readonly mode: Mode }
  | { readonly kind: 'stop'; readonly reason: 'paused' | 'policy-changed'; readonly why: string };

/** Judges what was read last. A policy that was deployed anew may be in another mode, which its incident does not know. */
export function judgeLastLook({ policy, record }: Decided, { pause, override, records }: Said): LastLook {
  if (pause.kind === 'paused') return { kind: 'stop', reason: 'paused', why: pause.why };
  if (records && record !== undefined && !records.includes(record)) {
    const how = records.length === 0 ? 'taken away' : 'deployed anew';
    return { kind: 'stop', reason: 'policy-changed', why: `policy ${policy.name} was ${how} since the incident began` };
  }
  return { kind: 'go', mode: effectiveMode(policy.mode, override) };
}
