import { InvalidArgumentError } from 'commander';

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A span as people type it, in milliseconds: 30s, 30m, 12h, 7d. */
export function span(typed: string): number {
  const [, amount = '', unit = ''] = /^(\d+)([smhd])$/.exec(typed) ?? [];
  if (amount === '') throw new InvalidArgumentError('must be seconds, minutes, hours or days, such as 30s, 30m, 12h or 7d');
  return Number(amount) * UNITS[unit as keyof typeof UNITS];
}
