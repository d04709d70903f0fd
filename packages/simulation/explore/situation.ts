import type { Duration, Instant } from '../../../lambdas/core/duration.ts';
import type { Guardrails, Policy } from '../../../lambdas/core/policy.ts';
import type { World } from '../doubles/fake-ports.ts';

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
  /** Seconds after the first to the second event of the same alarm, which went OK in between. @default - there is none */
  readonly again?: number;
  /** Seconds that it has been there before the sweep tells of it. @default - CloudWatch tells of it as it begins */
  readonly stoodFor?: number;
  /** Seconds after which it passes by itself. @default - never */
  readonly lasts?: number;
}

/** What a situation may arrange. */
export interface Scene extends Pick<World, 'account' | 'surroundings' | 'claims' | 'items' | 'pause' | 'pipelines'> {
  readonly now: Instant;
  readonly policies: readonly Policy[];
  /** The machines, the first of which is ill. */
  readonly members: readonly string[];
  /** Something that happens so many seconds later. */
  later(seconds: number, happen: () => void): void;
  /** Makes a call fail, while it holds. */
  failing(call: string, isFailing: () => boolean): void;
}

/** A small world: all that is explored. Each machine is in two groups, by its tag and by its Auto Scaling group. */
export interface Situation {
  readonly name: string;
  readonly title: string;
  readonly ills: readonly Ill[];
  /** How many there are. @default - five */
  readonly machines?: number;
  /** What differs from the stack's guardrails, of every policy. @default - nothing */
  readonly guardrails?: Partial<Guardrails>;
  /** Makes the world as it is meant, when the first symptom is there. @default - all is well but the symptoms */
  furnish?(scene: Scene): void;
  /** How commands end that were carried out. @default - well */
  readonly commandsEnd?: 'failed';
  /** Systems Manager takes no command. @default false */
  readonly takesNoCommand?: true;
  /** The incident, counted from 1, whose functions find no room after its first step. @default - none */
  readonly stuck?: number;
  /** The remedy that is to act first. @default - any */
  readonly firstRemedy?: string;
  /** How many acts there are at least. @default - any number */
  readonly leastActs?: number;
  /** Minutes within which people know of a storm. @default - any time */
  readonly stormToldWithin?: number;
  /** Failed repairs that the breakers have counted in the end. @default - any number */
  readonly failuresCounted?: number;
  /** How many acts there may be in all. @default - as many as the promises allow */
  readonly mostActs?: number;
  /** Minutes within which every incident has ended. @default - any time */
  readonly endsWithin?: number;
  /** Seconds that the command of a remedy takes: nearly as long as it may. */
  readonly takes: Readonly<Record<string, number>>;
}

/** Long enough apart that a run has few looks, since each multiplies the schedules. */
export const LOOK_EVERY: Duration = { minutes: 8 };

/** Machines in both groups: the blast radius of each is then one, and its healthy floor two. */
export const MEMBERS = 5;

export const takes = { 'clear-caches': 325, 'restart-service': 200 };

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
    takes: { 'restart-service': 450 },
  },
];

/** A policy of the stack with no more rungs than the situation uses. */
export function policyOf({ policy: name, ladder }: Ill, { guardrails = {} }: Situation, policies: readonly Policy[]): Policy {
  const policy = policies.find((candidate) => candidate.name === name);
  if (!policy) throw new Error(`the stack has no policy ${name}`);
  const rungs = ladder.map((remedy) => {
    const rung = policy.ladder.find((candidate) => candidate.remedy === remedy);
    if (!rung) throw new Error(`policy ${name} has no rung ${remedy}`);
    return rung;
  });
  return { ...policy, ladder: rungs, guardrails: { ...policy.guardrails, lookEvery: LOOK_EVERY, ...guardrails } };
}
