import { nearest } from '../lambdas/core/nearest.ts';
import { PolicyError, refuseNoObject } from './policy-error.ts';

/** Every name of some props. The compiler refuses a list that lacks one or has another. */
export type NamesOf<Props> = { readonly [Name in keyof Props]-?: true };

/**
 * What is given of some props. The compiler lets a misspelt name pass where props come by a variable, and what is misspelt would be left at
 * its default without a word. `undefined` counts as not given.
 *
 * @throws PolicyError naming each name that is not known, and the nearest one
 */
export function knownOf<Props extends object>(props: Props, names: Readonly<Record<string, true>>, policy: string, path?: string): Props {
  refuseNoObject(props, policy, path ?? 'props');
  // Of an object of a class, or of one that inherits, further properties are its own affair, and values may be getters.
  if ([Object.prototype, null].includes(Object.getPrototypeOf(props)))
    refuseUnknownNames(Object.keys(givenOf(props)), Object.keys(names), policy, path);
  return givenOf(Object.fromEntries(Object.keys(names).map((name) => [name, Reflect.get(props, name)])) as Props);
}

/** Some props without what is `undefined`, which would take the place of a default. */
export function givenOf<Props extends object>(props: Props): Props {
  return Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined)) as Props;
}

/** @throws PolicyError naming each name that is not known, and the nearest one */
export function refuseUnknownNames(given: readonly string[], known: readonly string[], policy: string, path?: string): void {
  const unknown = given.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new PolicyError(
      policy,
      unknown.map((name) => `${path === undefined ? '' : `${path}.`}${name}: is not known; the nearest name is ${nearest(name, known)}`),
    );
}
