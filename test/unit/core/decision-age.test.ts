import { MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { expect, it } from 'vitest';
import { isTooOld } from '../../../lambdas/core/decision-age.ts';

it('a decision holds for a minute, and one of an earlier version, which has no time, for as long as it takes', () => {
  expect([NOW, NOW - MINUTE, NOW - MINUTE - 1, undefined].map((at) => isTooOld(at, NOW))).toEqual([false, false, true, false]);
});
