import * as z from 'zod';
import type { AutoScalingGroup } from '../core/ports.ts';
import type { Target } from '../core/target.ts';
import { defineRemediator } from './remediator.ts';

const amountSchema = z
  .strictObject({
    /** Instances to add. */
    instances: z.int().min(1).max(100).optional(),
    /** Share of the desired capacity to add, rounded up. */
    percent: z.number().gt(0).max(100).optional(),
    /** Never go above this capacity, whatever the group's maximum is. */
    ceiling: z.int().min(1).optional(),
  })
  .refine(({ instances, percent }) => instances === undefined || percent === undefined, 'give instances or percent, not both');

interface Plan {
  readonly name: string;
  readonly capacity: number;
  /** False when the group is already growing to this capacity and only has to be awaited. */
  readonly change: boolean;
}

/**
 * Raises the desired capacity of an Auto Scaling group.
 *
 * Cures what: too little capacity for the load (group CPU, response time).
 * Does what in AWS: one `autoscaling:SetDesiredCapacity` with an absolute number computed from what was observed.
 * Can harm what: cost; a database behind the group that cannot take more clients.
 * Refuses when: the group does not exist, or is at its maximum or at the ceiling. A growth already under way is awaited, not added to.
 * Safe twice: yes, the same absolute number is set.
 */
export const remediator = defineRemediator<typeof amountSchema, AutoScalingGroup | undefined, Plan, object>({
  name: 'add-capacity',
  targets: ['auto-scaling-group'],
  acts: true,
  params: amountSchema,
  settle: { minutes: 2 },
  verifyWithin: { minutes: 10 },
  permissions: {
    observe: [{ actions: ['autoscaling:DescribeAutoScalingGroups'], on: 'any' }],
    execute: [{ actions: ['autoscaling:SetDesiredCapacity'], on: 'targets' }],
  },
  observe: (target, _params, { groups }) => groups.describe(nameOf(target)),
  plan(group, { instances, percent, ceiling }) {
    if (!group) return { refusal: 'unsafe-to-act', why: 'the Auto Scaling group does not exist' };
    const { name, desired, max } = group;
    if (inService(group) < desired) return { name, capacity: desired, change: false };
    const more = percent === undefined ? (instances ?? 1) : Math.ceil((desired * percent) / 100);
    const capacity = Math.min(desired + more, max, ceiling ?? max);
    if (capacity > desired) return { name, capacity, change: true };
    return {
      refusal: 'not-applicable',
      why: `the group has ${desired} instances; ${Math.min(max, ceiling ?? max)} is the most it may have`,
    };
  },
  deed: ({ name, capacity, change }) =>
    change ? `raise the capacity of ${name} to ${capacity}` : `await the growth of ${name} to ${capacity}, already under way`,
  async execute({ plan: { name, capacity, change } }, { groups }) {
    if (change) await groups.setDesiredCapacity(name, capacity);
    return {};
  },
  assess({ capacity }, group) {
    if (!group) return { kind: 'failed', why: 'the Auto Scaling group does not exist any more' };
    const ready = inService(group);
    return ready >= capacity
      ? { kind: 'done', detail: `${ready} instances in service` }
      : { kind: 'running', why: `${ready} of ${capacity} instances are in service` };
  },
});

function inService(group: AutoScalingGroup): number {
  return group.members.filter((member) => member.lifecycle === 'InService' && member.healthy).length;
}

function nameOf(target: Target): string {
  if (target.kind !== 'auto-scaling-group') throw new TypeError(`capacity belongs to an Auto Scaling group, not to a ${target.kind}`);
  return target.name;
}
