import { expect, it } from 'vitest';
import { outsideText } from '../../../lambdas/core/outside-text.ts';

it.each([
  ['is left as it is where it is as long as allowed', 'abcd', 'abcd'],
  ['is cut where it is longer', 'abcde', 'abc…'],
  ['is on one line, without space around it', ' a\n\t\u2028b ', 'a b'],
  ['is not cut for the space that it came with', `a${' '.repeat(14)}b`, 'a b'],
  ['is not looked at beyond four times what is kept, and says that there was more', `a${' '.repeat(15)}b`, 'a…'],
  ['is cut between characters', '🔥🔥🔥🔥🔥', '🔥🔥🔥…'],
])('a text of somebody outside %s', (_, text, kept) => {
  expect(outsideText(text, 4)).toBe(kept);
});

it('a secret in the text of somebody outside is redacted', () => {
  expect(outsideText('password=hUnt3r2 failed', 100)).toBe('password=[redacted] failed');
});
