import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { registry } from '../../lambdas/remediators/registry.ts';

/**
 * The SSM Agent compiles every pattern of a document by Go's `regexp`, which is RE2, before it runs any step, and refuses the whole
 * document for one that does not compile. RE2 knows no look-around and no back reference, and multiplies nested counted repeats: more
 * than 1,000 are "invalid repeat count".
 */
const compile = (pattern: string) => RE2JS.compile(pattern);

const parameters = Object.values(registry).flatMap(({ name, document }) =>
  Object.entries(document?.parameters ?? {}).map(([parameter, description]) => ({ remedy: name, parameter, ...description })),
);

it('there are parameters to look at', () => {
  expect(parameters.length).toBeGreaterThan(10);
});

describe.each(parameters)('$parameter of $remedy', ({ allowedPattern, default: usual }) => {
  it('has a pattern that the agent can compile', () => {
    expect(() => compile(allowedPattern)).not.toThrow();
  });

  it.runIf(usual !== undefined)('has a default that its pattern allows, by the agent as by Systems Manager', () => {
    expect(
      compile(allowedPattern)
        .matcher(usual ?? '')
        .find(),
    ).toBe(true);
    expect(usual).toMatch(new RegExp(allowedPattern));
  });
});

it.each([
  ['nested counted repeats beyond a thousand', '^(/[a-z]{1,200})(:/[a-z]{1,200}){0,19}$'],
  ['a counted repeat beyond a thousand', '^a{1,1001}$'],
  ['a look-ahead', '^(?!root)[a-z]+$'],
  ['a back reference', '^([a-z])\\1$'],
])('the agent would refuse %s', (_, pattern) => {
  expect(new RegExp(pattern)).toBeInstanceOf(RegExp);
  expect(() => compile(pattern)).toThrow();
});
