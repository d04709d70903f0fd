import { aDatabase } from '@self-healing/simulation/accounts.ts';
import { HOUR, NOW } from '@self-healing/simulation/builders.ts';
import { fakePorts } from '@self-healing/simulation/doubles/fake-ports.ts';
import { describe, expect, it } from 'vitest';
import type { FreeSpace } from '../../../lambdas/core/days-until-full.ts';
import { remediator } from '../../../lambdas/remediators/grow-storage.ts';

const seen = (given: Parameters<typeof aDatabase>[0] = {}, free: readonly FreeSpace[] = []) => ({ database: aDatabase(given), free });
/** A gibibyte less in each of the last hours; 72 are left. */
const shrinking = Array.from({ length: 24 }, (_, hour) => ({ at: NOW - (23 - hour) * HOUR, free: 95 - hour }));
const params = { percent: 20, ceilingGibibytes: 500 };

describe('growing the storage of a database', () => {
  it.each([
    ['a fifth more', 100, params, 120],
    ['whole gibibytes, rounded up', 21, params, 26],
    ['no further than the ceiling', 450, params, 500],
    ['the least increase that RDS takes', 100, { percent: 10, ceilingGibibytes: 110 }, 110],
  ])('plans %s', (_, from, given, to) => {
    const plan = remediator.plan(seen({ allocatedGibibytes: from }), given);
    expect(plan).toEqual({ id: 'orders', from, to });
    expect(remediator.summary(plan)).toBe(`grow the storage of database orders from ${from} to ${to} GiB`);
  });

  it('says when the storage would be full', () => {
    const plan = remediator.plan(seen({}, shrinking), params);
    expect(remediator.summary(plan)).toBe(
      'grow the storage of database orders from 100 to 120 GiB, full in about 3 days at the growth of the last day',
    );
  });

  it('reads the last day before it acts, and not again afterwards', async () => {
    const { ports, account, calls } = fakePorts();
    account.databases.set('orders', aDatabase());
    account.freeStorage.set('orders', shrinking);
    const target = { kind: 'database', id: 'orders' } as const;
    expect(await remediator.observe(target, params, ports)).toEqual(seen({}, shrinking));
    expect(await remediator.observe(target, params, ports, {})).toEqual(seen());
    expect(calls.filter((call) => call === 'databases.freeStorage')).toHaveLength(1);
  });

  it.each(['aurora-postgresql', 'aurora-mysql', 'docdb', 'neptune', 'mysql', 'postgres'])(
    'leaves a member of a cluster of %s alone, which RDS does not grow',
    (engine) => {
      const plan = remediator.plan(seen({ engine, cluster: 'orders-cluster', allocatedGibibytes: 100 }), params);
      const why = 'the storage belongs to the cluster orders-cluster; RDS grows it at no member';
      expect(plan).toEqual({ refusal: 'not-applicable', why });
    },
  );

  it('leaves it to the next rung when the ceiling has no room for the least increase', () => {
    expect(remediator.plan(seen({ allocatedGibibytes: 480 }), params)).toMatchObject({ refusal: 'not-applicable' });
  });

  it('refuses while other changes wait for the maintenance window, which RDS would apply at once along with the storage', () => {
    const database = aDatabase({ queued: ['DBInstanceClass', 'EngineVersion'] });
    expect(remediator.plan({ database, free: [] }, remediator.params.parse({ ceilingGibibytes: 500 }))).toEqual({
      refusal: 'unsafe-to-act',
      why: 'growing it at once would also apply what waits for its maintenance window: DBInstanceClass, EngineVersion',
    });
  });

  it.each(['storage-optimization', 'modifying', 'failed'])('refuses a database that is %s', (status) => {
    expect(remediator.plan(seen({ status }), params)).toMatchObject({ refusal: 'unsafe-to-act' });
  });

  it('grows a database that RDS shut down because it is full', () => {
    expect(remediator.plan(seen({ status: 'storage-full' }), params)).toMatchObject({ to: 120 });
  });

  it('is running until RDS shows the new size and modifies nothing more, and done while AWS still optimizes it', () => {
    const plan = { id: 'orders', from: 100, to: 120 };
    expect(remediator.assess(plan, seen({ status: 'modifying' })).kind).toBe('running');
    expect(remediator.assess(plan, seen({ allocatedGibibytes: 120, status: 'modifying' })).kind).toBe('running');
    expect(remediator.assess(plan, seen({ allocatedGibibytes: 120, status: 'storage-optimization' })).kind).toBe('done');
    expect(remediator.assess(plan, { free: [] }).kind).toBe('failed');
  });

  it.each([
    ['no ceiling', { percent: 20 }],
    ['less than RDS takes', { percent: 5, ceilingGibibytes: 500 }],
    ['an unknown parameter', { ...params, shrink: true }],
  ])('does not take %s', (_, given) => {
    expect(remediator.params.safeParse(given).success).toBe(false);
  });
});
