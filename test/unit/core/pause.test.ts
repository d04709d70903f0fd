import { HOUR, NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { parsePause, pauseEnd, pauseText } from '../../../lambdas/core/pause.ts';

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

describe('a pause with an end', () => {
  const text = pauseText('noon', 'arn:anna', NOW, NOW + HOUR) ?? '';

  it('is written so that a version that does not know of ends is paused by it', () => {
    expect(text).toBe('noon (by arn:anna, 2026-11-02T10:20:00.000Z) [until 2026-11-02T11:20:00.000Z]');
    expect(text).not.toBe('running');
    expect(parsePause(text)).toMatchObject({ kind: 'paused' });
  });

  it.each([
    [NOW, 'paused'],
    [NOW + HOUR - 1, 'paused'],
    [NOW + HOUR, 'running'],
    [NOW + 9 * HOUR, 'running'],
  ])('at %i is %s', (now, kind) => {
    expect(parsePause(text, now).kind).toBe(kind);
  });

  it('has an end however long its reason is', () => {
    expect(pauseEnd(pauseText('x'.repeat(5_000), 'arn:anna', NOW, NOW + HOUR))).toBe(NOW + HOUR);
  });

  it.each([
    undefined,
    'until 14:00',
    '[until 14:00]',
    '[until 2026-11-02]',
    '[until 2026-11-02T11:20:00+01:00]',
    '[until 2026-13-42T11:20:00Z]',
    '[until 2026-11-02T11:20:00Z] and then some',
    `${text}, or so`,
  ])('is none that a person wrote in other words: %j pauses until a person ends it', (typed) => {
    expect(pauseEnd(typed)).toBeUndefined();
    expect(parsePause(typed, NOW + 1_000 * HOUR).kind).toBe('paused');
  });

  it('may be written by hand, without the command', () => {
    expect(pauseEnd('Ada works here [until 2026-11-02T11:20:00Z]\n')).toBe(NOW + HOUR);
  });
});
