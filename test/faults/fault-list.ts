import { drillFaults } from './drill-faults.ts';
import type { Edit, Fault } from './fault.ts';
import { guardrailFaults } from './guardrail-faults.ts';
import { linkFaults } from './link-faults.ts';
import { promiseFaults } from './promise-faults.ts';
import { transactionFaults } from './transaction-faults.ts';

/** Every deliberate fault. Each must be noticed by something that was not written beside the code it breaks. */
export const faults: readonly Fault[] = [...promiseFaults, ...guardrailFaults, ...transactionFaults, ...linkFaults, ...drillFaults];

/** All that a fault replaces. */
export function editsOf({ file, find, replace, also = [] }: Fault): readonly Edit[] {
  return [{ file, find, replace }, ...also];
}

/** How often the text of an edit stands in the file. */
export function timesFound({ find }: Pick<Edit, 'find'>, source: string): number {
  return source.split(find).length - 1;
}
