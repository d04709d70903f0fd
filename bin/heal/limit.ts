import { Option } from 'commander';
import { counted } from './counted.ts';

/** How many are listed at the most. */
export interface Limit {
  readonly limit?: number;
}

export function limitOption(otherwise: string): Option {
  return new Option('--limit <n>', `list at most so many, the newest ones (default: ${otherwise})`).argParser(counted);
}
