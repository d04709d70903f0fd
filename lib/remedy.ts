import type { Duration } from 'aws-cdk-lib';
import type * as z from 'zod';
import type { Rung } from '../lambdas/core/policy.ts';
import type { TargetKind } from '../lambdas/core/target.ts';
import { registry } from '../lambdas/remediators/registry.ts';
import { longestAct, type Remediator, type Sealed } from '../lambdas/remediators/remediator.ts';
import { givenOf, knownOf, type NamesOf } from './known-names.ts';
import { checked, PolicyError, refuseLateNumbers, shown } from './policy-error.ts';
import { refusedOnTheNode } from './refused-on-the-node.ts';
import { givenDuration } from './to-policy-duration.ts';

/** When a rung is judged. */
export interface RungTimes {
  /**
   * Time after the act before the first look. Prevents reading a symptom that the act has not had time to change.
   * @default - the remedy's own, see docs/reference/remedies.md
   */
  readonly settle?: Duration;
  /**
   * Time after settling in which the symptom must be gone; then the next rung is climbed. An act that is still under way then is waited
   * for, as long as it can take, so that the next rung does not act beside it.
   * @default - the remedy's own, see docs/reference/remedies.md
   */
  readonly verifyWithin?: Duration;
}

const timeNames: NamesOf<RungTimes> = { settle: true, verifyWithin: true };

/** One rung of a ladder: a remedy with its parameters. Made by the methods of `Remedy`. */
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
    return new RemedyRung(this.remediator, { ...defaults, ...givenOf(this.params as object) }, this.#times);
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
    knownOf(this.#times, timeNames, policy, `${path}.${name}`);
    for (const given of [this.params, this.#times]) refuseLateNumbers(given, policy, `${path}.${name}`);
    const given = checked(params, this.params, policy, `${path}.${name}`) as Record<string, unknown>;
    const problems = refusedOnTheNode(name, given);
    if (problems.length > 0)
      throw new PolicyError(
        policy,
        problems.map((problem) => `${path}.${name}.${problem}`),
      );
    return { remedy: name, params: given, acts, ...this.#judged(given, policy, `${path}.${name}`) };
  }

  #judged(params: unknown, policy: string, path: string): Pick<Rung, 'settle' | 'verifyWithin' | 'longest'> {
    const { settle, verifyWithin } = this.#times;
    return {
      settle: settle ? givenDuration(settle, policy, `${path}.settle`) : this.remediator.settle,
      verifyWithin: verifyWithin ? givenDuration(verifyWithin, policy, `${path}.verifyWithin`) : this.remediator.verifyWithin,
      ...(this.remediator.acts && { longest: longestAct(this.remediator, params) }),
    };
  }
}

/** The rungs of a ladder that somebody gave. @throws PolicyError for what no method of `Remedy` made */
export function rungsOf(ladder: readonly RemedyRung[], policy: string): readonly RemedyRung[] {
  if (!Array.isArray(ladder)) throw new PolicyError(policy, ['ladder: must be a list, such as [Remedy.waitAndSee()]']);
  for (const [position, rung] of ladder.entries())
    if (!(rung instanceof RemedyRung))
      throw new PolicyError(policy, [
        `ladder.${position}: ${shown(rung)} is not allowed: must be made by a method of Remedy, such as Remedy.waitAndSee()`,
      ]);
  return ladder;
}

/** Parameters as people may write them: lists of them need not be changeable. */
type Given<Params> = Params extends readonly (infer Entry)[]
  ? readonly Given<Entry>[]
  : Params extends object
    ? { readonly [Name in keyof Params]: Given<Params[Name]> }
    : Params;

/** What stands in the place of the parameters where one of them says it all. */
type Alone<Params, Main> = Main extends keyof Params ? NonNullable<Params[Main]> : never;

/** `Remedy.restartService('nginx')` or `Remedy.restartService({ service: 'nginx' }, { settle: Duration.minutes(1) })`. */
type RemedyMethod<Params, Main> =
  Record<never, never> extends Params
    ? (params?: Params | Alone<Params, Main>, times?: RungTimes) => RemedyRung
    : (params: Params | Alone<Params, Main>, times?: RungTimes) => RemedyRung;

/** Keeps the registry's own symbols, so that editors show their comments and go to them. */
type RemedyMethods<Registry> = {
  readonly [Name in keyof Registry]: Registry[Name] extends Sealed<infer Schema, infer Main>
    ? RemedyMethod<Given<z.input<Schema>>, Main>
    : never;
};

function remedyMethod(remediator: Remediator): (params?: unknown, times?: RungTimes) => RemedyRung {
  const { mainParameter } = remediator;
  return (params = {}, times = {}) => {
    const isAlone = typeof params === 'string' && mainParameter !== undefined;
    return new RemedyRung(remediator, isAlone ? { [mainParameter]: params } : params, times);
  };
}

/** A rung for every remediator of the registry, as a method: `Remedy.clearCaches()`, `Remedy.addCapacity({ instances: 2 })`. */
export const Remedy = Object.fromEntries(
  Object.entries(registry).map(([name, remediator]) => [name, remedyMethod(remediator)]),
) as unknown as RemedyMethods<typeof registry>;
