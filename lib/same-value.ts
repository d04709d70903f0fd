import { Reference, Stack, Tokenization } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Whether two values are one when they are deployed. Tokens differ each time that they are made: what they stand for is compared, and of
 * what refers to a resource the resource itself, since resources of two stacks may have the same logical id.
 */
export function isSameValue(scope: IConstruct, one: readonly string[], other: readonly string[]): boolean {
  return writtenOut(scope, one) === writtenOut(scope, other);
}

/** What values stand for when they are deployed, as a text that differs where they do. */
export function writtenOut(scope: IConstruct, values: readonly string[]): string {
  const referred = values.flatMap((value) => Tokenization.reverseString(value).tokens.filter((token) => Reference.isReference(token)));
  return JSON.stringify([Stack.of(scope).resolve(values), referred.map(({ target }) => target.node.path)]);
}
