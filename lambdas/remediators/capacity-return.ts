import { unitsInService, unitWord } from '../core/group-capacity.ts';
import type { AutoScalingGroup } from '../core/ports.ts';
import type { Keep } from './remediator.ts';

/** What a growth set in its group, and what was there before. */
export interface Growth {
  readonly name: string;
  readonly capacity: number;
  /** The minimum that was set with the capacity, if it was. */
  readonly minimum?: number;
  readonly before: { readonly capacity: number; readonly minimum: number };
}

/** How a growth is taken back: the capacity, the minimum, or both. */
export interface CapacityReturn {
  readonly name: string;
  readonly capacity?: number;
  readonly minimum?: number;
}

/**
 * Plans how a growth is taken back: each number only while it is still exactly the one that the growth set, and the capacity
 * never below the group's minimum. A growth on top of it goes first. A group that lacks a member is left alone.
 */
export function planReturn(growth: Growth, group: AutoScalingGroup | undefined, later: readonly Growth[]): CapacityReturn | Keep {
  if (!group) return { keep: 'for-good', why: 'the Auto Scaling group does not exist any more' };
  if (later.some((other) => isInForce(other, group))) return { keep: 'for-now', why: 'capacity was added once more, and that goes first' };
  const isMinimumOurs = growth.minimum !== undefined && group.min === growth.minimum;
  const minimum = isMinimumOurs ? growth.before.minimum : group.min;
  const capacity = group.desired === growth.capacity ? Math.max(growth.before.capacity, minimum) : group.desired;
  if (capacity >= group.desired && minimum >= group.min) return { keep: 'for-good', why: whyNotOurs(growth, group) };
  const ready = unitsInService(group);
  if (ready < group.desired) return { keep: 'for-now', why: `only ${ready} of ${group.desired} ${unitWord(group)} are in service` };
  if (group.suspended.includes('Terminate')) return { keep: 'for-now', why: 'in the group Terminate is suspended' };
  return {
    name: growth.name,
    ...(capacity < group.desired && { capacity }),
    ...(minimum < group.min && { minimum }),
  };
}

/** Whether the group has what the return would have led to. */
export function isReturned({ capacity, minimum }: CapacityReturn, group: AutoScalingGroup | undefined): boolean {
  return group !== undefined && (capacity === undefined || group.desired === capacity) && (minimum === undefined || group.min === minimum);
}

/** What taking it back comes to, if nobody changes the group until then. */
export function outlookInWords({ name, before, minimum }: Growth): string {
  const ofMinimum = minimum === undefined ? {} : { minimum: before.minimum };
  return returnInWords({ name, capacity: before.capacity, ...ofMinimum });
}

export function returnInWords({ name, capacity, minimum }: CapacityReturn): string {
  const parts = [
    ...(capacity === undefined ? [] : [`lower the capacity of ${name} to ${capacity}`]),
    ...(minimum === undefined ? [] : [`lower the minimum of ${name} to ${minimum}`]),
  ];
  return parts.join(' and ');
}

function isInForce(growth: Growth, group: AutoScalingGroup): boolean {
  return group.desired === growth.capacity || (growth.minimum !== undefined && group.min === growth.minimum);
}

function whyNotOurs({ capacity, before }: Growth, { desired, min }: AutoScalingGroup): string {
  if (desired !== capacity) return `the capacity is ${desired} and not the ${capacity} that was set: somebody else decides on it now`;
  return `the minimum is ${min} now, which leaves nothing of the growth from ${before.capacity} to ${capacity} to give back`;
}
