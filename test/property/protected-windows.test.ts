import { runs } from '@self-healing/simulation/random-input.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ProtectedWindow, protectedWindowSchema, protectionAt } from '../../lambdas/core/protected-window.ts';

const MINUTE = 60_000;
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia', 'America/Sao_Paulo'];

const time = fc.integer({ min: 0, max: 1_439 }).map((minutes) => clock(minutes));
const someWindow = fc
  .record(
    {
      from: time,
      to: fc.oneof(time, fc.constant('24:00')),
      timeZone: fc.constantFrom(...zones),
      days: fc.subarray([...days], { minLength: 1 }),
    },
    { requiredKeys: ['from', 'to', 'timeZone'] },
  )
  .filter(({ from, to }) => from !== to) as fc.Arbitrary<ProtectedWindow>;

/** Whole years, so that every change of clocks is met; half of them are close to one of Berlin's. */
const someInstant = fc.oneof(
  fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2029, 0) }),
  fc
    .tuple(fc.constantFrom(Date.UTC(2026, 2, 29, 1), Date.UTC(2026, 9, 25, 1)), fc.integer({ min: -90 * MINUTE, max: 90 * MINUTE }))
    .map(([change, off]) => change + off),
);

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** The same question, answered from what a Swedish clock on the wall would show, which sorts as text. */
function isProtectedByTheWall(window: ProtectedWindow, instant: number): boolean {
  const shown = (at: number) => new Date(at).toLocaleString('sv-SE', { timeZone: window.timeZone }).slice(0, 16);
  const [date = '', now = ''] = shown(instant).split(' ');
  const dayOf = (text: string, back: number) => days[(new Date(`${text}T12:00Z`).getUTCDay() + 7 - back) % 7] ?? 'sun';
  const begins = (back: number) => window.days === undefined || window.days.includes(dayOf(date, back));
  if (window.from < window.to) return begins(0) && now >= window.from && now < window.to;
  return (begins(0) && now >= window.from) || (begins(1) && now < window.to);
}

describe('a protected window', () => {
  it('protects exactly the times that a clock on the wall shows', () => {
    fc.assert(
      fc.property(someWindow, someInstant, (window, instant) => {
        expect(protectedWindowSchema.safeParse(window).success).toBe(true);
        expect(protectionAt([window], instant) !== undefined).toBe(isProtectedByTheWall(window, instant));
      }),
      { numRuns: runs(500) },
    );
  });

  it('is over at its end, at a full minute, and at no time before', () => {
    fc.assert(
      fc.property(
        fc.array(someWindow, { minLength: 1, maxLength: 3 }),
        someInstant,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (windows, now, share) => {
          const protection = protectionAt(windows, now);
          if (!protection) return;
          const { until } = protection;
          expect(until % MINUTE).toBe(0);
          expect(until).toBeGreaterThan(now);
          const between = Math.floor(now + (until - 1 - now) * share);
          expect(protectionAt(windows, between)).toBeDefined();
          if (until <= now + 24 * 60 * MINUTE) expect(protectionAt(windows, until)).toBeUndefined();
        },
      ),
      { numRuns: runs(100) },
    );
  });
});
