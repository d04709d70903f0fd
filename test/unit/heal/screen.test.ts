import { describe, expect, it } from 'vitest';
import { columns } from '../../../bin/heal/columns.ts';
import { screenOf } from '../../../bin/heal/screen.ts';

const AT = Date.parse('2026-11-29T08:46:52.152Z');
const silent = { write: () => true };
const terminal = { ...silent, isTTY: true, columns: 72, hasColors: () => true };
const inZone = (zone: string) => screenOf({ out: silent, errors: silent, zone });

describe('a moment on the screen', () => {
  it.each([
    ['Europe/Berlin', '2026-11-29 09:46:52+01:00'],
    ['America/New_York', '2026-11-29 03:46:52-05:00'],
    ['Asia/Kolkata', '2026-11-29 14:16:52+05:30'],
    ['Europe/London', '2026-11-29 08:46:52+00:00'],
    ['UTC', '2026-11-29 08:46:52Z'],
  ])('says its offset in %s, and is the same moment when it is read back', (zone, text) => {
    expect(inZone(zone).time(AT)).toBe(text);
    expect(Date.parse(text.replace(' ', 'T'))).toBe(Math.floor(AT / 1_000) * 1_000);
    expect(inZone(zone).time(new Date(AT).toISOString())).toBe(text);
  });

  it('is in UTC where that is asked for, and unknown where it is no moment', () => {
    expect(screenOf({ out: silent, errors: silent, utc: true, zone: 'Asia/Tokyo' }).time(AT)).toBe('2026-11-29 08:46:52Z');
    expect(inZone('UTC').time('never')).toBe('(unknown)');
  });

  it('at the end of the day is of the next day elsewhere, and midnight is 00', () => {
    expect(inZone('Europe/Berlin').time(Date.parse('2026-11-28T23:00:00Z'))).toBe('2026-11-29 00:00:00+01:00');
  });
});

describe('a screen', () => {
  it('has colours only at a terminal that has some', () => {
    expect(screenOf({ out: terminal, errors: silent }).style('bad', 'no')).toBe('\u001b[31mno\u001b[39m');
    expect(screenOf({ out: { ...terminal, hasColors: () => false }, errors: silent }).style('bad', 'no')).toBe('no');
    expect(screenOf({ out: { ...terminal, isTTY: false }, errors: silent }).style('bad', 'no')).toBe('no');
  });

  it('is as wide as the terminal, and 120 columns in a file', () => {
    expect(screenOf({ out: terminal, errors: silent }).width).toBe(72);
    expect(screenOf({ out: { ...terminal, isTTY: false }, errors: silent }).width).toBe(120);
  });

  it('says how far it has come to a terminal alone, in one line', () => {
    const said: string[] = [];
    const errors = { write: (text: string) => said.push(text), isTTY: true };
    screenOf({ out: silent, errors }).progress('12 lines');
    screenOf({ out: silent, errors: { ...errors, isTTY: false } }).progress('13 lines');
    expect(said).toEqual(['\r\u001b[K12 lines']);
  });
});

describe('columns', () => {
  const rows = [
    ['AT', 'TARGET', 'SAID'],
    ['10:20', 'instance i-0aaaabbbbccccdddd', 'it was restarted, and it was seen that it stays up for longer than three minutes'],
    ['10:21', '日本', ''],
  ];

  it('are as wide as what is in them where nothing else is said', () => {
    expect(columns(rows).split('\n')[1]).toBe(
      '10:20  instance i-0aaaabbbbccccdddd  it was restarted, and it was seen that it stays up for longer than three minutes',
    );
  });

  it.each([120, 80, 60])('are never wider than %i, and no word is lost', (width) => {
    const text = columns(rows, { width });
    expect(text.split('\n').filter((line) => line.length > width)).toEqual([]);
    for (const word of ['10:20', 'i-0aaaabbbbccccdddd', 'restarted,', 'minutes', '日本']) expect(text).toContain(word);
  });

  it('cut words with an ellipsis where even those do not fit, the longest first', () => {
    const text = columns(rows, { width: 30 });
    expect(text.split('\n').filter((line) => line.length > 30)).toEqual([]);
    expect(text).toContain('…');
    expect(text).toContain('10:20');
  });

  it('know how wide a coloured text is', () => {
    const red = screenOf({ out: terminal, errors: silent }).style('bad', 'handed-off');
    expect(
      columns(
        [
          [red, 'x'],
          ['recovered ', 'y'],
        ],
        { width: 40 },
      ).split('\n'),
    ).toEqual([`${red}  x`, 'recovered   y']);
  });
});
