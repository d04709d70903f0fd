import type { Duration } from '../../lambdas/core/duration.ts';

const UNITS = { seconds: 's', minutes: 'min', hours: 'h', days: 'd' };

/** "30 s", "8 min", in the unit in which it was written. */
export function short(duration: Duration): string {
  return Object.entries(duration)
    .map(([unit, amount]) => `${amount} ${UNITS[unit as keyof typeof UNITS]}`)
    .join(' ');
}
