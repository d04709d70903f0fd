import { expect, it } from 'vitest';
import { remediator } from '../../../lambdas/remediators/wait-and-see.ts';

it('wait-and-see changes nothing, needs no permission and is done at once', () => {
  expect(remediator.acts).toBe(false);
  expect(remediator.permissions).toEqual({ observe: [], execute: [] });
  expect(remediator.plan({}, {})).toEqual({});
  expect(remediator.assess({}, {})).toEqual({ kind: 'done' });
  expect(remediator.params.safeParse({ minutes: 3 }).success).toBe(false);
});
