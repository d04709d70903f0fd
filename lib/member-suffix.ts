import { createHash } from 'node:crypto';
import { Reference, Stack, Stage, Token, Tokenization } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { PolicyError } from './policy-error.ts';

/** Tells the members of a list apart, and leaves room in the 64 characters of a rule's name. */
const LENGTH = 8;

/**
 * What distinguishes the names that are made for each instance of a list, in the order of the list. It depends on the instance alone and
 * not on its place in the list: a name that went over to another machine would take alarm, breaker and demotion with it. It is the end of
 * an id, and of one that is known only at deployment the hash of where it comes from.
 *
 * @throws PolicyError for two instances of which the names would be one
 */
export function memberSuffixes(scope: IConstruct, ids: readonly string[], policy: string): readonly string[] {
  const suffixes = ids.map((id) => (Token.isUnresolved(id) ? hashOf(originOf(scope, id)) : endOf(id)));
  const firsts = suffixes.map((suffix) => suffixes.indexOf(suffix));
  const second = firsts.findIndex((first, index) => first < index);
  if (second >= 0)
    throw new PolicyError(policy, [
      `instances ${(firsts[second] ?? 0) + 1} and ${second + 1} of the fleet's list are one, or have ids with the same end: name it once, or protect one of the two by itself`,
    ]);
  return suffixes;
}

/** What is no id of an instance is refused with its policy, which needs a name until then. */
const endOf = (id: string): string => (/^i-[0-9a-f]{8,17}$/.test(id) ? id.slice(-LENGTH) : hashOf(id));

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, LENGTH);

/** Where a value comes from: the place of a resource within its stage, and the attribute; or else the expression. */
function originOf(scope: IConstruct, value: string): string {
  const [token, ...others] = [...Tokenization.reverseString(value).tokens];
  const isReferenceAlone = Reference.isReference(token) && others.length === 0 && token.toString() === value;
  return JSON.stringify(isReferenceAlone ? [placeWithinStage(token.target), token.displayName] : Stack.of(scope).resolve(value));
}

function placeWithinStage(construct: IConstruct): string {
  const stage = Stage.of(construct)?.node.path ?? '';
  return stage === '' ? construct.node.path : construct.node.path.slice(stage.length + 1);
}
