import { expect, it } from 'vitest';
import { withName } from '../../../../lambdas/core/notice/notes.ts';

it.each([
  [undefined, undefined, {}],
  [{ name: 'web-1', late: true }, undefined, { name: 'web-1', late: true }],
  [{ name: 'web-1', started: 1 }, 'web-2', { name: 'web-2', started: 1 }],
  [undefined, ' \n ', {}],
  [undefined, 'web\n1', { name: 'web 1' }],
  [undefined, 'x'.repeat(129), { name: `${'x'.repeat(127)}…` }],
] as const)('the notes %j with the name %j keep what they have', (notes, name, expected) => {
  expect(withName(notes, name)).toStrictEqual(expected);
});
