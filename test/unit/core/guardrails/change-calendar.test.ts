import { aPolicy, aQuestion, HOUR, NOW, SECOND } from '@self-healing/simulation/builders.ts';
import { expect, it } from 'vitest';
import type { CalendarReading } from '../../../../lambdas/core/change-conditions.ts';
import { changeCalendar } from '../../../../lambdas/core/guardrails/change-calendar.ts';

const asked = (calendar: CalendarReading) =>
  changeCalendar(
    aQuestion({
      policy: aPolicy({ guardrails: { calendars: ['Freeze', 'Holidays'] } }),
      snapshot: { changeConditions: { calendar, deployments: [], providerEvents: [] } },
    }),
  );

it('does not object while the calendar is open', () => {
  expect(asked({ kind: 'open' })).toBeUndefined();
});

it.each<[string, CalendarReading, object]>([
  ['waits until it opens', { kind: 'closed', changesAt: NOW + HOUR }, { kind: 'wait', until: NOW + HOUR }],
  ['looks again when nobody says when it opens', { kind: 'closed' }, { kind: 'wait', until: NOW + 30 * SECOND }],
  ['looks again when it should be open already', { kind: 'closed', changesAt: NOW - SECOND }, { kind: 'wait', until: NOW + 30 * SECOND }],
  [
    'looks again when it could not be read now',
    { kind: 'unreadable', why: 'throttled', lasting: false },
    { kind: 'wait', until: NOW + 30 * SECOND },
  ],
  ['ends when it can never be read', { kind: 'unreadable', why: 'denied', lasting: true }, { kind: 'end' }],
])('%s, by its own reason', (_, calendar, veto) => {
  expect(asked(calendar)).toMatchObject({ ...veto, reason: 'change-calendar' });
});

it('names the calendars, and what was in the way of reading it', () => {
  expect(asked({ kind: 'closed', changesAt: NOW + HOUR })?.why).toBe(
    'change calendar Freeze, Holidays is closed until 2026-11-02T11:20:00.000Z',
  );
  expect(asked({ kind: 'closed' })?.why).toBe('change calendar Freeze, Holidays is closed');
  expect(asked({ kind: 'unreadable', why: 'denied', lasting: true })?.why).toBe(
    'change calendar Freeze, Holidays could not be read, which counts as closed: denied',
  );
});
