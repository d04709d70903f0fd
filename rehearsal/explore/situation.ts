import type { Duration } from '../../lambdas/core/duration.ts';
import type { Policy } from '../../lambdas/core/policy.ts';

/** One symptom on one member, and what becomes of it. */
export interface Ill {
  /** The policy's name in the synthesized stack. */
  readonly policy: string;
  /** Which member, counted from 0. */
  readonly member: number;
  /** Seconds after the beginning. */
  readonly at: number;
  /** The remedies of the policy's ladder that are used, in this order. */
  readonly ladder: readonly string[];
  /** The one that cures it, when its command has ended. @default - none of them */
  readonly curedBy?: string;
  /** Seconds after which it passes by itself. @default - never */
  readonly lasts?: number;
}

/** A small world: all that is explored. Each machine is in two groups, by its tag and by its Auto Scaling group. */
export interface Situation {
  readonly name: string;
  readonly title: string;
  readonly ills: readonly Ill[];
  /** Seconds that the command of a remedy takes: nearly as long as it may. */
  readonly takes: Readonly<Record<string, number>>;
}

/** Long enough apart that a run has few looks, since each multiplies the schedules. */
export const LOOK_EVERY: Duration = { minutes: 4 };

/** Machines in both groups: the blast radius of each is then one, and its healthy floor two. */
export const MEMBERS = 5;

const takes = { 'clear-caches': 325, 'restart-service': 200 };

export const situations: readonly Situation[] = [
  {
    name: 'one-machine',
    title: 'Two policies of two groups see two symptoms of one machine; the first remedy of one takes long and does not help.',
    ills: [
      { policy: 'Fleet-memory', member: 0, at: 0, ladder: ['clear-caches', 'restart-service'], curedBy: 'restart-service' },
      { policy: 'Group-unhealthy-targets', member: 0, at: 5, ladder: ['restart-service'], curedBy: 'restart-service' },
    ],
    takes,
  },
  {
    name: 'two-machines',
    title: 'Two policies of two groups see a symptom of a machine each, and both machines are in both groups; one passes by itself.',
    ills: [
      { policy: 'Fleet-memory', member: 0, at: 0, ladder: ['restart-service'], lasts: 240 },
      { policy: 'Group-unhealthy-targets', member: 1, at: 5, ladder: ['restart-service'], curedBy: 'restart-service' },
    ],
    takes,
  },
];

/** A policy of the stack with no more rungs than the situation uses. */
export function policyOf({ policy: name, ladder }: Ill, policies: readonly Policy[]): Policy {
  const policy = policies.find((candidate) => candidate.name === name);
  if (!policy) throw new Error(`the stack has no policy ${name}`);
  const rungs = ladder.map((remedy) => {
    const rung = policy.ladder.find((candidate) => candidate.remedy === remedy);
    if (!rung) throw new Error(`policy ${name} has no rung ${remedy}`);
    return rung;
  });
  return { ...policy, ladder: rungs, guardrails: { ...policy.guardrails, lookEvery: LOOK_EVERY } };
}
