import { describe, expect, it } from 'vitest';
import { remediator } from '../../../lambdas/remediators/grow-storage.ts';
import { aDatabase } from '../../support/accounts.ts';

const params = { percent: 20, ceilingGibibytes: 500 };

describe('growing the storage of a database', () => {
  it.each([
    ['a fifth more', 100, params, 120],
    ['whole gibibytes, rounded up', 21, params, 26],
    ['no further than the ceiling', 450, params, 500],
    ['the least increase that RDS takes', 100, { percent: 10, ceilingGibibytes: 110 }, 110],
  ])('plans %s', (_, from, given, to) => {
    const plan = remediator.plan(aDatabase({ allocatedGibibytes: from }), given);
    expect(plan).toEqual({ id: 'orders', from, to });
    expect(remediator.deed(plan)).toBe(`grow the storage of database orders from ${from} to ${to} GiB`);
  });

  it('leaves it to the next rung when the ceiling has no room for the least increase', () => {
    expect(remediator.plan(aDatabase({ allocatedGibibytes: 480 }), params)).toMatchObject({ refusal: 'not-applicable' });
  });

  it.each(['storage-optimization', 'modifying', 'failed'])('refuses a database that is %s', (status) => {
    expect(remediator.plan(aDatabase({ status }), params)).toMatchObject({ refusal: 'unsafe-to-act' });
  });

  it('grows a database that RDS shut down because it is full', () => {
    expect(remediator.plan(aDatabase({ status: 'storage-full' }), params)).toMatchObject({ to: 120 });
  });

  it('is running until RDS shows the new size, and done while AWS still optimizes it', () => {
    const plan = { id: 'orders', from: 100, to: 120 };
    expect(remediator.assess(plan, aDatabase({ status: 'modifying' })).kind).toBe('running');
    expect(remediator.assess(plan, aDatabase({ allocatedGibibytes: 120, status: 'storage-optimization' })).kind).toBe('done');
    expect(remediator.assess(plan, undefined).kind).toBe('failed');
  });

  it.each([
    ['no ceiling', { percent: 20 }],
    ['less than RDS takes', { percent: 5, ceilingGibibytes: 500 }],
    ['an unknown parameter', { ...params, shrink: true }],
  ])('does not take %s', (_, given) => {
    expect(remediator.params.safeParse(given).success).toBe(false);
  });
});
