import { anIncident, aPolicy, aQuestion, waitRung } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../../lambdas/core/decide.ts';
import { protectedWindow } from '../../../../lambdas/core/guardrails/protected-window.ts';
import { type ProtectedWindow, protectedWindowSchema } from '../../../../lambdas/core/protected-window.ts';

const at = (time: string) => Date.parse(time);
const night: ProtectedWindow = { from: '22:00', to: '06:00', timeZone: 'Europe/Berlin', why: 'batch' };
const asked = (time: string, ...protectedWindows: readonly ProtectedWindow[]) =>
  protectedWindow(aQuestion({ policy: aPolicy({ guardrails: { protectedWindows: [...protectedWindows] } }), now: at(time) }));

/** Berlin is one hour ahead of UTC in November, two in summer; clocks change on 2026-03-29 and 2026-10-25. */
describe('a protected window', () => {
  it.each<[string, string, ProtectedWindow, string | undefined]>([
    ['it has not begun', '2026-11-02T20:57:59Z', night, undefined],
    ['it would begin before what is decided now is done', '2026-11-02T20:58:00Z', night, '2026-11-03T05:00:00Z'],
    ['it begins', '2026-11-02T21:00:00Z', night, '2026-11-03T05:00:00Z'],
    ['midnight has passed', '2026-11-03T03:12:34.567Z', night, '2026-11-03T05:00:00Z'],
    ['it ends', '2026-11-03T05:00:00Z', night, undefined],
    ['it lies within one day', '2026-11-02T10:30:00Z', { from: '09:00', to: '17:30', timeZone: 'UTC' }, '2026-11-02T17:30:00Z'],
    ['it lasts until midnight', '2026-11-02T23:30:00Z', { from: '23:00', to: '24:00', timeZone: 'UTC' }, '2026-11-03T00:00:00Z'],
    ['it begins on another day of the week', '2026-11-02T21:30:00Z', { ...night, days: ['tue'] }, undefined],
    ['it began on its day, which is over', '2026-11-03T02:00:00Z', { ...night, days: ['mon'] }, '2026-11-03T05:00:00Z'],
    ['the night before was not its day', '2026-11-02T02:00:00Z', { ...night, days: ['mon'] }, undefined],
    ['it is the last day of February', '2027-02-28T22:00:00Z', { ...night, monthDays: [-1] }, '2027-03-01T05:00:00Z'],
    ['the last day was yesterday', '2026-12-01T04:00:00Z', { ...night, monthDays: [-1] }, '2026-12-01T05:00:00Z'],
    ['it is the day before the last', '2026-11-29T22:00:00Z', { ...night, monthDays: [-1] }, undefined],
    [
      'it is the first Monday',
      '2026-11-02T22:00:00Z',
      { ...night, days: ['mon'], monthDays: [1, 2, 3, 4, 5, 6, 7] },
      '2026-11-03T05:00:00Z',
    ],
    ['it is the second Monday', '2026-11-09T22:00:00Z', { ...night, days: ['mon'], monthDays: [1, 2, 3, 4, 5, 6, 7] }, undefined],
    ['clocks go forward in it, and it is an hour shorter', '2026-03-28T21:00:00Z', night, '2026-03-29T04:00:00Z'],
    ['clocks go back in it, and it is an hour longer', '2026-10-24T20:00:00Z', night, '2026-10-25T05:00:00Z'],
    ['its hour is skipped by the clocks', '2026-03-29T01:00:00Z', { from: '02:00', to: '03:00', timeZone: 'Europe/Berlin' }, undefined],
    [
      'its hour comes a first time',
      '2026-10-25T00:30:00Z',
      { from: '02:00', to: '03:00', timeZone: 'Europe/Berlin' },
      '2026-10-25T02:00:00Z',
    ],
    [
      'its hour comes a second time',
      '2026-10-25T01:30:00Z',
      { from: '02:00', to: '03:00', timeZone: 'Europe/Berlin' },
      '2026-10-25T02:00:00Z',
    ],
    [
      'the zone is three quarters of an hour off',
      '2026-11-02T03:15:00Z',
      { from: '09:00', to: '10:00', timeZone: 'Asia/Kathmandu' },
      '2026-11-02T04:15:00Z',
    ],
  ])('when %s', (_, now, window, until) => {
    const veto = asked(now, window);
    expect(veto && 'until' in veto ? veto.until : undefined).toBe(until === undefined ? undefined : at(until));
  });

  it('is waited for to the end of the last of several that touch', () => {
    const early: ProtectedWindow = { from: '06:00', to: '07:00', timeZone: 'Europe/Berlin' };
    expect(asked('2026-11-03T04:00:00Z', early, night)).toMatchObject({ until: at('2026-11-03T06:00:00Z') });
  });

  it('that never ends is given up after a day', () => {
    const always: ProtectedWindow = { from: '00:00', to: '24:00', timeZone: 'UTC' };
    expect(asked('2026-11-03T04:00:00Z', always)).toMatchObject({ kind: 'wait', until: at('2026-11-04T04:01:00Z') });
  });

  it('is named in the objection, with its reason', () => {
    expect(asked('2026-11-02T22:00:00Z', { ...night, days: ['mon', 'fri'] })).toEqual({
      kind: 'wait',
      reason: 'protected-window',
      why: 'protected until 2026-11-03T05:00:00.000Z: mon, fri 22:00 to 06:00 Europe/Berlin (batch)',
      until: at('2026-11-03T05:00:00Z'),
    });
  });

  const decided = (now: string, waitAtMost: { hours: number }, ladder = aPolicy().ladder) =>
    decide(
      aQuestion({
        policy: aPolicy({ ladder, guardrails: { protectedWindows: [night], waitAtMost } }),
        incident: anIncident({ receivedAt: at(now) }),
        now: at(now),
      }),
    );

  it('is waited for when its end is near enough', () => {
    expect(decided('2026-11-03T04:30:00Z', { hours: 1 })).toMatchObject({ kind: 'wait', until: at('2026-11-03T05:00:00Z') });
  });

  it('hands the incident off by its name when its end is too far', () => {
    expect(decided('2026-11-03T03:30:00Z', { hours: 1 })).toMatchObject({
      kind: 'end',
      end: { outcome: 'handed-off', reason: 'protected-window' },
    });
  });

  it('does not hold a rung that only looks', () => {
    expect(decided('2026-11-03T03:30:00Z', { hours: 1 }, [waitRung])).toMatchObject({ kind: 'remediate' });
  });
});

describe('the schema of protected windows', () => {
  it.each<[string, object, string]>([
    ['a city without its continent', { timeZone: 'Berlin' }, 'timeZone'],
    ['no time zone', { timeZone: '' }, 'timeZone'],
    ['25 o’clock', { from: '25:00' }, 'from'],
    ['a time without minutes', { to: '6' }, 'to'],
    ['a begin at the end of the day', { from: '24:00' }, 'from'],
    ['no length', { to: '22:00' }, 'to'],
    ['a day in another language', { days: ['mo'] }, 'days.0'],
    ['no days', { days: [] }, 'days'],
    ['the 32nd', { monthDays: [32] }, 'monthDays.0'],
    ['the 0th', { monthDays: [0] }, 'monthDays.0'],
    ['an unknown key', { until: '06:00' }, ''],
  ])('refuses %s, by its path', (_, wrong, path) => {
    const parsed = protectedWindowSchema.safeParse({ ...night, ...wrong });
    expect(parsed.error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  });
});
