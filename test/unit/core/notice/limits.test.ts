import { expect, it } from 'vitest';
import * as z from 'zod';
import { type Limits, limitsOf } from '../../../../lambdas/core/notice/limits.ts';
import { noticeSchema } from '../../../../lambdas/core/notice/notice.ts';

/** Of a JSON Schema only what bounds. */
function boundsIn({ maxLength, maxItems, items, properties }: Limits): Limits {
  return {
    ...(maxLength !== undefined && { maxLength }),
    ...(maxItems !== undefined && { maxItems }),
    ...(items && { items: boundsIn(items) }),
    ...(properties && { properties: Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, boundsIn(each)])) }),
  };
}

it('are those of the JSON Schema of a notice', () => {
  const limits = limitsOf(noticeSchema);
  expect(limits.properties?.done?.items?.properties?.summary).toEqual({ maxLength: 300 });
  expect(limits).toEqual(boundsIn(z.toJSONSchema(noticeSchema) as Limits));
});

it('are the narrowest of several', () => {
  expect(limitsOf(z.array(z.string().max(9).max(5)).max(3).max(4))).toEqual({ maxItems: 3, items: { maxLength: 5 } });
});
