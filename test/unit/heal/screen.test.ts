import { describe, expect, it } from 'vitest';
import { columns } from '../../../bin/heal/columns.ts';
import { tellsLeftOut } from '../../../bin/heal/left-out.ts';
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

  it.each([30, 20])('are one block for each row where the words have no room, at %i', (width) => {
    const text = columns(rows, { width, headed: true });
    expect(text).not.toContain('…');
    expect(text.split('\n')[0]).toBe('AT      10:20');
    if (width === 30) expect(text).toContain('i-0aaaabbbbccccdddd');
    expect(text).toMatch(/\n\nAT {6}10:21\nTARGET {2}日本\nSAID$/);
  });

  it('without heads are lines where the words have no room', () => {
    const text = columns(
      [
        ['WRONG', 'subscriptions', 'i-0aaaabbbbccccdddd is lost'],
        ['', '', '→ aws ec2 start'],
      ],
      { width: 24 },
    );
    expect(text.split('\n')).toEqual(['WRONG', 'subscriptions', 'i-0aaaabbbbccccdddd is', 'lost', '→ aws ec2 start']);
  });

  it.each([80, 60, 40, 24])('cut no name and no word at %i', (width) => {
    const id = 'i-0123456789abcdef0';
    const arn = `arn:aws:sns:eu-west-1:111122223333:${'healing'.repeat(6)}`;
    const text = columns(
      [
        ['POLICY', 'TARGET', 'WHY'],
        ['Checkout-service-down', id, `told ${arn} of it 日本語日本語日本語日本語日本語日本語日本語日本語`],
      ],
      { width, headed: true },
    );
    expect(text).not.toContain('…');
    if (width >= 40) expect(text).toMatch(/Checkout-service-down[\s\S]*i-0123456789abcdef0/);
    const letters = text.replace(/\s/g, '');
    for (const letter of new Set(arn + id)) expect(letters.split(letter).length).toBeGreaterThan(1);
    expect(letters.split('日').length).toBe(9);
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

it('what was left out of the history is said beside the answer, once', () => {
  const said: string[] = [];
  const tell = tellsLeftOut(screenOf({ out: silent, errors: { write: (text) => said.push(text) } }));
  for (const unreadable of [1, 1, 3, 2]) tell(unreadable);
  expect(said).toEqual([
    '1 event of the history is no line and is left out.\n',
    '3 events of the history are no lines and are left out.\n',
  ]);
});
