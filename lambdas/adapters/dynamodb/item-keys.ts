import { type Target, targetKey } from '../../core/target.ts';
import type { Key } from './incident-table.ts';

/** Where the lease of a target is kept; an attempt is written only while this item names its incident. */
export function leaseKey(target: Target): Key {
  return leaseKeyOf(targetKey(target));
}

export function leaseKeyOf(target: string): Key {
  return { pk: `target#${target}`, sk: 'lease' };
}

/** Where a container keeps the places of its members that are being changed. */
export function membersKey(container: string): Key {
  return { pk: `target#${container}`, sk: 'members' };
}

export function slotsKey(group: string): Key {
  return { pk: `group#${group}`, sk: 'slots' };
}

export function incidentKey(id: string): Key {
  return { pk: `incident#${id}`, sk: 'incident' };
}
