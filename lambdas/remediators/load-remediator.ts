import { remediatorNamed } from './registry.ts';
import type { Remediator } from './remediator.ts';

/** The remediator of a name, or undefined when there is none. A function is bundled so that it loads this one alone. */
export async function loadRemediator(name: string): Promise<Remediator | undefined> {
  return remediatorNamed(name);
}
