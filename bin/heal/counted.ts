import { InvalidArgumentError } from 'commander';

/** A number of things as people type it. */
export function counted(typed: string): number {
  if (!/^[1-9]\d{0,5}$/.test(typed)) throw new InvalidArgumentError('must be a number from 1 to 999999');
  return Number(typed);
}
