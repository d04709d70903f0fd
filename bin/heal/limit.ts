import { InvalidArgumentError, Option } from 'commander';

/** How many are listed at the most. */
export interface Limit {
  readonly limit?: number;
}

export function limitOption(otherwise: string): Option {
  return new Option('--limit <n>', `list at most so many, the newest ones (default: ${otherwise})`).argParser((typed) => {
    if (!/^[1-9]\d{0,5}$/.test(typed)) throw new InvalidArgumentError('must be a number from 1 to 999999');
    return Number(typed);
  });
}
