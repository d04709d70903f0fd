import { HOUR, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { pauseText } from '../../../lambdas/core/pause.ts';
import { lookAtPause, type PauseEntry, type PauseNote, pauseSentence } from '../../../lambdas/core/pause-watch.ts';

const ANNA = 'arn:aws:sts::111122223333:assumed-role/ops/anna';
const settings = { alarmAfter: { days: 1 }, remindEvery: { hours: 4 } };
const DAY = 24 * HOUR;

const paused = (until?: number): PauseEntry => ({ value: pauseText('noon', ANNA, NOW, until) ?? '', at: NOW, by: ANNA });
const running: PauseEntry = { value: 'running', at: NOW + HOUR, by: ANNA };
const look = (entry: PauseEntry | undefined, note: PauseNote | undefined, after: number) => lookAtPause(entry, note, settings, NOW + after);

describe('a pause', () => {
  it('is told when it is seen first, with who set it and until when', () => {
    expect(look(paused(NOW + 2 * HOUR), undefined, MINUTE)).toEqual({
      news: { kind: 'began', why: expect.stringContaining('noon'), since: NOW, by: ANNA, until: NOW + 2 * HOUR },
      note: { since: NOW, toldAt: NOW + MINUTE },
      overdue: false,
    });
  });

  it('is told once, then again every few hours', () => {
    const note = { since: NOW, toldAt: NOW };
    expect(look(paused(), note, 4 * HOUR - 1)).toEqual({ note, overdue: false });
    expect(look(paused(), note, 4 * HOUR)).toMatchObject({ news: { kind: 'lasts' }, note: { since: NOW, toldAt: NOW + 4 * HOUR } });
  });

  it('that is set anew is told anew', () => {
    expect(look({ ...paused(), at: NOW + HOUR }, { since: NOW, toldAt: NOW }, HOUR)).toMatchObject({
      news: { kind: 'began', since: NOW + HOUR },
    });
  });

  it('that a person ended is told as ended, once', () => {
    expect(look(running, { since: NOW, toldAt: NOW }, HOUR)).toMatchObject({ news: { kind: 'ended', since: NOW }, overdue: false });
    expect(look(running, undefined, HOUR)).toEqual({ overdue: false });
  });

  it('that ended by itself is told as ended', () => {
    expect(look(paused(NOW + HOUR), { since: NOW, toldAt: NOW }, HOUR)).toMatchObject({ news: { kind: 'ended' } });
    expect(look(paused(NOW + HOUR), { since: NOW, toldAt: NOW }, HOUR)).not.toHaveProperty('note');
  });

  it('that nobody was told of ends without a word', () => {
    expect(look(running, { since: NOW }, HOUR)).toEqual({ overdue: false });
  });

  it('without an end raises the alarm after a day, and one with an end does not', () => {
    const note = { since: NOW, toldAt: NOW + DAY };
    expect(look(paused(), note, DAY).overdue).toBe(false);
    expect(look(paused(), note, DAY + 1).overdue).toBe(true);
    expect(look(paused(NOW + 3 * DAY), note, 2 * DAY).overdue).toBe(false);
  });

  it('by a switch that is missing is told after ten minutes, since the first deployment makes it later than the sweep', () => {
    const first = look(undefined, undefined, 0);
    expect(first).toEqual({ note: { since: NOW }, overdue: false });
    expect(look(undefined, first.note, 9 * MINUTE)).toEqual({ note: { since: NOW }, overdue: false });
    expect(look(undefined, first.note, 10 * MINUTE)).toMatchObject({
      news: { kind: 'began', why: 'the pause switch is empty or missing' },
      note: { toldAt: NOW + 10 * MINUTE },
    });
    expect(look(undefined, { since: NOW, toldAt: NOW + DAY }, DAY + 1).overdue).toBe(true);
  });
});

describe('what people are told', () => {
  const began = { kind: 'began', why: 'the pause switch says: noon', since: NOW, by: ANNA, until: NOW + 2 * HOUR } as const;
  const { until: _, ...endless } = began;

  it.each([
    [began, 'pipeline healing is paused: the pause switch says: noon; it ends by itself at 2026-11-02T12:20:00.000Z'],
    [{ ...endless, kind: 'lasts' }, 'pipeline healing is still paused, for 4 h: the pause switch says: noon; it has no end'],
    [{ ...endless, kind: 'ended' }, 'pipeline healing acts again, after a pause of 4 h'],
  ] as const)('stands in the history in one sentence', (news, sentence) => {
    expect(pauseSentence('healing', news, NOW + 4 * HOUR)).toBe(sentence);
  });
});
