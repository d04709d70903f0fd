import { InvalidArgumentError } from 'commander';

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** History is kept for years at the most; an end that is further away is a typing error, and may be no date. */
const LONGEST_DAYS = 3_650;

/** A span as people type it, in milliseconds: 30s, 30m, 12h, 7d. */
export function span(typed: string): number {
  const [, amount = '', unit = ''] = /^(\d+)([smhd])$/.exec(typed) ?? [];
  if (amount === '') throw new InvalidArgumentError('must be seconds, minutes, hours or days, such as 30s, 30m, 12h or 7d');
  const milliseconds = Number(amount) * UNITS[unit as keyof typeof UNITS];
  if (milliseconds > LONGEST_DAYS * UNITS.d) throw new InvalidArgumentError(`must be ${LONGEST_DAYS}d at the most`);
  return milliseconds;
}
