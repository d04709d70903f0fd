import { expect, it } from 'vitest';
import { keptEvent } from '../../../lambdas/steps/kept-event.ts';

it('is kept as JSON, where it has a form', () => {
  expect(keptEvent({ detail: { alarmName: 'web' } })).toBe('{"detail":{"alarmName":"web"}}');
  expect(keptEvent(undefined)).toBe('nothing');
});

it.each([3_940, 3_950, 3_960, 3_970, 3_980, 3_990])(
  'keeps no part of a secret that stands where it is cut, behind %i characters',
  (before) => {
    const kept = keptEvent({ reason: `${'x '.repeat(before / 2)}postgres://shop:Zq7hV2mKpX9wZq7hV2mKpX9w@db/orders ${'y '.repeat(100)}` });
    expect(kept.length).toBeGreaterThan(3_980);
    expect(kept.length).toBeLessThanOrEqual(4_000);
    expect(kept).not.toContain('Zq7');
  },
);

it('says of one that is too deep that it cannot be written down', () => {
  const deep = Array.from({ length: 100_000 }).reduce<unknown>((inner) => ({ inner }), 'end');
  expect(keptEvent(deep)).toMatch(/^an event that cannot be written down: /);
});
