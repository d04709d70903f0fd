import { describe, expect, it } from 'vitest';
import { parsePause } from '../../../lambdas/core/pause.ts';

describe('the pause switch', () => {
  it.each(['running', ' running\n'])('lets the pipeline act at %j', (text) => {
    expect(parsePause(text)).toEqual({ kind: 'running' });
  });

  it.each([
    [undefined, 'the pause switch is empty or missing'],
    ['  ', 'the pause switch is empty or missing'],
    ['Running', 'the pause switch says: Running'],
    ['runing', 'the pause switch says: runing'],
    ['migration until noon, Ada', 'the pause switch says: migration until noon, Ada'],
  ])('pauses at %j and says why', (text, why) => {
    expect(parsePause(text)).toEqual({ kind: 'paused', why });
  });

  it('keeps no more than 300 characters of the reason', () => {
    expect(parsePause('x'.repeat(5_000))).toEqual({ kind: 'paused', why: `the pause switch says: ${'x'.repeat(300)}` });
  });
});
