import type { Fault } from './fault.ts';
import { guardrailFaults } from './guardrail-faults.ts';
import { promiseFaults } from './promise-faults.ts';
import { transactionFaults } from './transaction-faults.ts';

/** Every deliberate fault. Each must be noticed by something that was not written beside the code it breaks. */
export const faults: readonly Fault[] = [...promiseFaults, ...guardrailFaults, ...transactionFaults];

/** How often the fault's text stands in the file. */
export function timesFound({ find }: Pick<Fault, 'find'>, source: string): number {
  return source.split(find).length - 1;
}
