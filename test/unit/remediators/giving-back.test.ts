import { expect, it } from 'vitest';
import { costs } from '../../../lambdas/remediators/costs.ts';
import { remediatorGivingBack } from '../../../lambdas/remediators/giving-back.ts';
import { registry } from '../../../lambdas/remediators/registry.ts';

const remediators = Object.values(registry);

it('finds every remediator that gives back what it added, and no other', () => {
  expect(remediators.some(({ giveBack }) => giveBack)).toBe(true);
  for (const remediator of remediators) expect(remediatorGivingBack(remediator.name)).toBe(remediator.giveBack && remediator);
});

it('knows what every remedy costs', () => {
  expect(costs.size).toBe(remediators.length);
  for (const { name, cost } of remediators) expect(costs.get(name)).toBe(cost);
});
