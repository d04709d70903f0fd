import { randomBytes } from 'node:crypto';

/** A name for a drill, as `drillIdPattern` has it, that no other one has. */
export function newDrillId(): string {
  return randomBytes(8).toString('hex');
}
