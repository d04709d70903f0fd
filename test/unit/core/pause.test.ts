import { NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { parsePause, pauseText } from '../../../lambdas/core/pause.ts';

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

  it('keeps no more than 600 characters of the value', () => {
    expect(parsePause('x'.repeat(5_000))).toEqual({ kind: 'paused', why: `the pause switch says: ${'x'.repeat(600)}` });
  });
});

describe('the text of a pause', () => {
  it('has the reason, who wrote it and when, all of which is read back', () => {
    const text = pauseText(' noon ', 'arn:anna', NOW);
    expect(text).toBe('noon (by arn:anna, 2026-11-02T10:20:00.000Z)');
    expect(parsePause(text)).toEqual({ kind: 'paused', why: `the pause switch says: ${text}` });
  });

  it('still has its author when the reason is endless', () => {
    const parsed = parsePause(pauseText('x'.repeat(5_000), 'arn:anna', NOW));
    expect(parsed.kind === 'paused' && parsed.why).toContain('(by arn:anna');
  });

  it.each(['', '  ', 'running'])('is none for the reason "%s", which says nothing', (reason) => {
    expect(pauseText(reason, 'arn:anna', NOW)).toBeUndefined();
  });
});
