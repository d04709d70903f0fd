import { expect, it } from 'vitest';
import { giveBackToken } from '../../../../lambdas/core/give-back/give-back.ts';

it('what gives a change back has a name of its own, by incident and rung', () => {
  expect(giveBackToken('a'.repeat(64), 2)).toBe(`${'a'.repeat(64)}-2-give-back`);
});
