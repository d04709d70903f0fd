import { InvalidArgumentError } from 'commander';

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A span as people type it, in milliseconds: 30m, 12h, 7d. */
export function span(typed: string): number {
  const [, amount = '', unit = ''] = /^(\d+)([mhd])$/.exec(typed) ?? [];
  if (amount === '') throw new InvalidArgumentError('must be minutes, hours or days, such as 30m, 12h or 7d');
  return Number(amount) * UNITS[unit as keyof typeof UNITS];
}
