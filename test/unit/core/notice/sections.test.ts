import { expect, it } from 'vitest';
import { sectionsOf } from '../../../../lambdas/core/notice/sections.ts';

it('the lines of an end are sections by their headings, also by those of a later version', () => {
  const lines = [
    '           before all',
    'SPREAD     first instance i-1',
    'MEMBERS    i-1, i-2  ',
    'SHARED     zone: a',
    '           type: t3.small',
    'ACTED ON   no member',
    'WAITING    until noon',
    'LATER WORD of a later version',
  ];
  expect(sectionsOf(lines)).toEqual([
    { title: '', lines: ['before all'] },
    { title: 'How it spread', lines: ['first instance i-1'] },
    { title: 'Members that have it', lines: ['i-1, i-2'] },
    { title: 'What they share', lines: ['zone: a', 'type: t3.small'] },
    { title: 'What was done to members', lines: ['no member'] },
    { title: 'What it waits for', lines: ['until noon'] },
    { title: 'LATER WORD', lines: ['of a later version'] },
  ]);
  expect(sectionsOf([])).toEqual([]);
});
