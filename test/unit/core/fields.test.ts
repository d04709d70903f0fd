import { expect, it } from 'vitest';
import { fieldsOf, isFields } from '../../../lambdas/core/fields.ts';

it.each([[null], [undefined], ['text'], [4], [['list']]])('%j has no fields', (value) => {
  expect(isFields(value)).toBe(false);
  expect(fieldsOf(value)).toEqual({});
});

it('an object has its own fields', () => {
  expect(isFields({ a: 1 })).toBe(true);
  expect(fieldsOf({ a: 1 })).toEqual({ a: 1 });
});
