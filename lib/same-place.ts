import { Stack, Stage, Token } from 'aws-cdk-lib';
import type { IEnvironmentAware } from 'aws-cdk-lib/interfaces';
import type { IConstruct } from 'constructs';
import { PolicyError } from './policy-error.ts';

/** A construct that stands for something in AWS, made in the app or imported into it. */
export type Placed = IConstruct & IEnvironmentAware;

/** Those of some arguments that are constructs and not names. */
export function placed(given: readonly (Placed | string | undefined)[]): readonly Placed[] {
  return given.filter((each): each is Placed => typeof each === 'object');
}

/**
 * Refuses resources of another account or Region than the pipeline's: their alarms and events do not come there, and its
 * roles may act only at home.
 *
 * @throws PolicyError naming each of them
 */
export function refuseElsewhere(pipeline: IConstruct, policy: string, resources: readonly Placed[]): void {
  const home = Stack.of(pipeline);
  const elsewhere = resources.filter(({ env }) => differ(env.account, home.account) || differ(env.region, home.region));
  if (elsewhere.length > 0)
    throw new PolicyError(
      policy,
      elsewhere.map(
        ({ node, env }) =>
          `${node.path} is in account ${env.account}, Region ${env.region}, the pipeline in ${home.account}, ${home.region}: protect it by a pipeline there`,
      ),
    );
}

/** Whether two stacks go to one account and Region. What no stage says about it is the same within a stage, and not known beyond. */
export function isSamePlace(one: Stack, other: Stack): boolean {
  if (differ(one.account, other.account) || differ(one.region, other.region)) return false;
  const known = ![one.account, one.region, other.account, other.region].some((part) => Token.isUnresolved(part));
  return known || Stage.of(one) === Stage.of(other);
}

/** What is known only at deployment may be the same. */
function differ(one: string, other: string): boolean {
  return !Token.isUnresolved(one) && !Token.isUnresolved(other) && one !== other;
}
