import type { Duration } from 'aws-cdk-lib';
import type * as z from 'zod';
import type { Rung } from '../lambdas/core/policy.ts';
import type { TargetKind } from '../lambdas/core/target.ts';
import { type RemedySentence, registry } from '../lambdas/remediators/registry.ts';
import type { Remediator } from '../lambdas/remediators/remediator.ts';
import { checked, PolicyError } from './policy-error.ts';
import { wireDuration } from './wire-duration.ts';

/** When a rung is judged. */
export interface RungTimes {
  /**
   * Time after the act before the first look. Prevents reading a symptom that the act has not had time to change.
   * @default - the remedy's own, see the remedy table
   */
  readonly settle?: Duration;
  /**
   * Time after settling in which the symptom must be gone; then the next rung is climbed.
   * @default - the remedy's own, see the remedy table
   */
  readonly verifyWithin?: Duration;
}

/** One rung of a ladder: a remedy with its parameters. Made by the sentences of `Remedy`. */
export class RemedyRung {
  readonly remediator: Remediator;
  readonly #params: unknown;
  readonly #times: RungTimes;

  constructor(remediator: Remediator, params: unknown, times: RungTimes) {
    this.remediator = remediator;
    this.#params = params;
    this.#times = times;
  }

  /**
   * The rung as its policy carries it.
   *
   * @throws PolicyError for parameters that the remedy does not know or allow, or a target that it cannot act on
   */
  toRung(policy: string, position: number, target: TargetKind): Rung {
    const { name, params, targets, acts, settle, verifyWithin } = this.remediator;
    const path = `ladder.${position}`;
    if (!targets.includes(target)) throw new PolicyError(policy, [`${path}: ${name} acts on ${targets.join(', ')}, not on ${target}`]);
    return {
      remedy: name,
      params: checked(params, this.#params, policy, `${path}.${name}`) as Record<string, unknown>,
      acts,
      settle: this.#times.settle ? wireDuration(this.#times.settle) : settle,
      verifyWithin: this.#times.verifyWithin ? wireDuration(this.#times.verifyWithin) : verifyWithin,
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
