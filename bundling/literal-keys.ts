/** `const _xN = "xmlName";`, as the SDK's generator writes names that it uses more than once. */
const CONSTANT = /^const (\w+) = "([^"\\\n]*)";$/gm;

/** `{ [_xN]: ... }`. */
const COMPUTED_KEY = /(?<=[{,]\s*)\[([A-Za-z_$][\w$]*)\](?=:)/g;

/**
 * Writes the keys of a file of schemas as literals: `{ [_xN]: 1 }` becomes `{ "xmlName": 1 }`. A bundler cannot know that to compute a key
 * does nothing else, and so keeps every schema of a service that has one; of EC2 these are two thousand.
 * @throws Error for a key of which it does not find the constant, as after a change of the SDK's generator
 */
export function withLiteralKeys(source: string): string {
  const constants = new Map([...source.matchAll(CONSTANT)].map(([, name = '', value = '']) => [name, value]));
  return source.replaceAll(COMPUTED_KEY, (_, name: string) => {
    const value = constants.get(name);
    if (value === undefined) throw new Error(`the SDK computes the key [${name}] of a schema by something else than a constant`);
    return JSON.stringify(value);
  });
}
