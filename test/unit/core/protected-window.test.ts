import { expect, it } from 'vitest';
import { type ProtectedWindow, windowInWords } from '../../../lambdas/core/protected-window.ts';

const night: ProtectedWindow = { from: '22:00', to: '06:00', timeZone: 'Europe/Berlin' };

it.each<[Partial<ProtectedWindow>, string]>([
  [{}, '22:00 to 06:00 Europe/Berlin'],
  [{ why: 'batch' }, '22:00 to 06:00 Europe/Berlin (batch)'],
  [{ days: ['mon', 'fri'] }, 'mon, fri 22:00 to 06:00 Europe/Berlin'],
  [{ monthDays: [1, -1] }, 'day 1, -1 of the month 22:00 to 06:00 Europe/Berlin'],
  [{ days: ['mon'], monthDays: [1] }, 'mon day 1 of the month 22:00 to 06:00 Europe/Berlin'],
])('a window with %j is in words: %s', (given, words) => {
  expect(windowInWords({ ...night, ...given })).toBe(words);
});
