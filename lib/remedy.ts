import type { Duration } from 'aws-cdk-lib';
import type * as z from 'zod';
import type { Rung } from '../lambdas/core/policy.ts';
import type { TargetKind } from '../lambdas/core/target.ts';
import { type RemedySentence, registry } from '../lambdas/remediators/registry.ts';
import { longestAct, type Remediator } from '../lambdas/remediators/remediator.ts';
import { checked, PolicyError, refuseLateNumbers } from './policy-error.ts';
import { refusedOnTheNode } from './refused-on-the-node.ts';
import { wireDuration } from './wire-duration.ts';

/** When a rung is judged. */
export interface RungTimes {
  /**
   * Time after the act before the first look. Prevents reading a symptom that the act has not had time to change.
   * @default - the remedy's own, see the remedy table
   */
  readonly settle?: Duration;
  /**
   * Time after settling in which the symptom must be gone; then the next rung is climbed. An act that is still under way then is waited
   * for, as long as it can take, so that the next rung does not act beside it.
   * @default - the remedy's own, see the remedy table
   */
  readonly verifyWithin?: Duration;
}

/** One rung of a ladder: a remedy with its parameters. Made by the sentences of `Remedy`. */
export class RemedyRung {
  readonly remediator: Remediator;
  /** As they were given; checked when the rung becomes part of a policy. */
  readonly params: unknown;
  readonly #times: RungTimes;

  constructor(remediator: Remediator, params: unknown, times: RungTimes) {
    this.remediator = remediator;
    this.params = params;
    this.#times = times;
  }

  /** The same rung with these parameters where it says nothing of its own. */
  withDefaults(defaults: object): RemedyRung {
    return new RemedyRung(this.remediator, { ...defaults, ...(this.params as object) }, this.#times);
  }

  /**
   * The rung as its policy carries it.
   *
   * @throws PolicyError for parameters that the remedy does not know or allow, or a target that it cannot act on
   */
  toRung(policy: string, position: number, target: TargetKind): Rung {
    const { name, params, targets, acts } = this.remediator;
    const path = `ladder.${position}`;
    if (!targets.includes(target)) throw new PolicyError(policy, [`${path}: ${name} acts on ${targets.join(', ')}, not on ${target}`]);
    refuseLateNumbers(this.params, policy, `${path}.${name}`);
    const given = checked(params, this.params, policy, `${path}.${name}`) as Record<string, unknown>;
    const problems = refusedOnTheNode(name, given);
    if (problems.length > 0)
      throw new PolicyError(
        policy,
        problems.map((problem) => `${path}.${name}.${problem}`),
      );
    return { remedy: name, params: given, acts, ...this.#judged(given) };
  }

  #judged(params: unknown): Pick<Rung, 'settle' | 'verifyWithin' | 'longest'> {
    const { settle, verifyWithin } = this.#times;
    return {
      settle: settle ? wireDuration(settle) : this.remediator.settle,
      verifyWithin: verifyWithin ? wireDuration(verifyWithin) : this.remediator.verifyWithin,
      ...(this.remediator.acts && { longest: longestAct(this.remediator, params) }),
    };
  }
}

type ParamsOf<Name extends RemedySentence> = z.input<(typeof registry)[Name]['params']>;

/** `Remedy.restartService('nginx')` or `Remedy.restartService({ service: 'nginx' }, { settle: Duration.minutes(1) })`. */
type Sentence<Name extends RemedySentence> = (params?: ParamsOf<Name> | string, times?: RungTimes) => RemedyRung;

function sentence(remediator: Remediator): (params?: unknown, times?: RungTimes) => RemedyRung {
  return (params = {}, times = {}) => {
    const isShort = typeof params === 'string' && remediator.mainParameter !== undefined;
    return new RemedyRung(remediator, isShort ? { [remediator.mainParameter as string]: params } : params, times);
  };
}

/** A rung for every remediator of the registry, as a sentence: `Remedy.clearCaches()`, `Remedy.addCapacity({ instances: 2 })`. */
export const Remedy = Object.fromEntries(Object.entries(registry).map(([name, remediator]) => [name, sentence(remediator)])) as {
  readonly [Name in RemedySentence]: Sentence<Name>;
};
