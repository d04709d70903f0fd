import { remediator as addCapacity } from './add-capacity.ts';
import type { Remediator } from './remediator.ts';

const givingBack: readonly Remediator[] = [addCapacity];

/** The remediator of a name if what it added is given back; undefined for all others. Few are, and most functions ask for no more. */
export function remediatorGivingBack(name: string): Remediator | undefined {
  return givingBack.find((remediator) => remediator.name === name);
}
