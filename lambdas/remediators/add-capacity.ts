import * as z from 'zod';
import { durationSchema, milliseconds } from '../core/duration.ts';
import { unitsHeld, unitsOfOneInstance, unitWord, whyNotCountable } from '../core/group-capacity.ts';
import type { AutoScalingGroup } from '../core/ports.ts';
import type { Target } from '../core/target.ts';
import { type CapacityReturn, type Growth, isReturned, outlookInWords, planReturn, returnInWords } from './capacity-return.ts';
import { defineRemediator, type Permission } from './remediator.ts';

/** Twice the 15 minutes for which target tracking sees too little load before it scales in. */
const GIVE_BACK_AFTER = { minutes: 30 };

/** The workflow of the incident lasts as long. */
const LONGEST_GIVE_BACK_AFTER = { hours: 24 };

const amountSchema = z
  .strictObject({
    /** Instances to add; in a group with weights, that many times the smallest weight among its members. */
    instances: z.int().min(1).max(100).optional(),
    /** Share of the desired capacity to add, rounded up. */
    percent: z.number().gt(0).max(100).optional(),
    /** Never go above this capacity, in the units of the group, whatever the group's maximum is. */
    ceiling: z.int().min(1).optional(),
    /** Raises the group's minimum with the capacity, so that its scaling policies do not undo it at once. */
    raiseMinimum: z.boolean().default(false),
    /** How long the symptom must have been gone before what was added is given back; `false` keeps it. */
    giveBackAfter: z
      .union([z.literal(false), durationSchema])
      .refine((wait) => wait === false || milliseconds(wait) > 0, 'must be longer than nothing; false gives nothing back')
      .refine((wait) => wait === false || milliseconds(wait) <= milliseconds(LONGEST_GIVE_BACK_AFTER), 'must be at most 24 hours')
      .default(GIVE_BACK_AFTER),
  })
  .refine(({ instances, percent }) => instances === undefined || percent === undefined, 'give instances or percent, not both');

/** Without one of these a higher capacity adds nothing, or nothing that the load balancer sends requests to. */
const NEEDED_PROCESSES = ['Launch', 'AddToLoadBalancer'];

/** What sets the numbers of a group, upwards or back. */
const setting: readonly Permission[] = [
  { actions: ['autoscaling:SetDesiredCapacity'], on: 'targets' },
  {
    actions: ['autoscaling:UpdateAutoScalingGroup'],
    on: 'targets',
    when: ({ raiseMinimum }: z.output<typeof amountSchema>) => raiseMinimum,
  },
];

/** `change` is false when the group is already growing to this capacity and only has to be awaited. */
type Plan = (Growth & { readonly change: true }) | { readonly name: string; readonly capacity: number; readonly change: false };

/**
 * Raises the desired capacity of an Auto Scaling group, and lowers it again when the symptom has been gone for a while.
 *
 * Cures what: too little capacity for the load (group CPU, response time).
 * Does what in AWS: one `autoscaling:SetDesiredCapacity` with an absolute number computed from what was observed: what is
 * in service and one instance more, or `instances`, or `percent`; or with
 * `raiseMinimum` one `autoscaling:UpdateAutoScalingGroup` of minimum and capacity; later the same once to give it back.
 * Can harm what: cost; a database behind the group that cannot take more clients; when giving back, what the ended instance alone holds.
 * Refuses when: the group does not exist, has its launching suspended, or counts its capacity in something that its members do not
 * tell; at its maximum or at the ceiling the next rung is tried. A growth already under way is awaited, not added to.
 * Gives back only numbers that are still the ones it set, and while every instance is in service.
 * Safe twice: yes, the same absolute number is set. AWS knows no condition for it, so the group is looked at once more immediately
 * before; one that somebody else changed meanwhile is left as it is.
 * Proved by: `scenarios/group-overloaded`, `contract/remedies-act`.
 */
export const remediator = defineRemediator<'groups', typeof amountSchema, AutoScalingGroup | undefined, Plan, object, CapacityReturn>({
  name: 'add-capacity',
  targets: ['auto-scaling-group'],
  acts: true,
  cost: 'money',
  params: amountSchema,
  settle: { minutes: 2 },
  verifyWithin: { minutes: 10 },
  // The group launches for as long as it takes; what is not in service by then, with its hooks and warm-up, is not waited for.
  longest: () => ({ minutes: 20 }),
  heldTo: (plan) => plan,
  ports: { groups: true },
  permissions: {
    observe: [{ actions: ['autoscaling:DescribeAutoScalingGroups'], on: 'any' }],
    execute: setting,
  },
  observe: (target, _params, { groups }) => groups.describe(nameOf(target)),
  plan(group, { instances, percent, ceiling, raiseMinimum }) {
    if (!group) return { refusal: 'unsafe-to-act', why: 'the Auto Scaling group does not exist' };
    const { name, desired, min, max } = group;
    const suspended = NEEDED_PROCESSES.filter((needed) => group.suspended.includes(needed));
    if (suspended.length > 0) return { refusal: 'unsafe-to-act', why: `in the group ${suspended.join(', ')} is suspended` };
    const uncountable = whyNotCountable(group);
    if (uncountable !== undefined) return { refusal: 'unsafe-to-act', why: uncountable };
    const held = unitsHeld(group);
    if (held < desired) return { name, capacity: desired, change: false };
    const more = percent === undefined ? (instances ?? 1) * unitsOfOneInstance(group) : Math.ceil((desired * percent) / 100);
    // Instances with weights can hold more than is desired; raised by less than that, the group would launch nothing.
    const capacity = Math.min(held + more, max, ceiling ?? max);
    if (capacity > held) {
      const before = { capacity: desired, minimum: min };
      return { name, capacity, change: true, before, ...(raiseMinimum && { minimum: capacity }) };
    }
    return {
      refusal: 'not-applicable',
      why: `the group has ${held} ${unitWord(group)}; ${Math.min(max, ceiling ?? max)} is the most it may have`,
    };
  },
  summary(plan) {
    const { name, capacity } = plan;
    if (!plan.change) return `await the growth of ${name} to ${capacity}, already under way`;
    return `raise the capacity${plan.minimum === undefined ? '' : ' and the minimum'} of ${name} to ${capacity}`;
  },
  async execute({ plan }, { groups }) {
    if (!plan.change) return {};
    if (plan.minimum === undefined) await groups.setDesiredCapacity(plan.name, plan.capacity);
    else await groups.setMinimum(plan.name, plan.minimum, plan.capacity);
    return {};
  },
  assess({ capacity }, group) {
    if (!group) return { kind: 'failed', hopeless: true, why: 'the Auto Scaling group does not exist any more' };
    const ready = unitsHeld(group);
    return ready >= capacity
      ? { kind: 'done', detail: `${ready} ${unitWord(group)} in service` }
      : { kind: 'running', why: `${ready} of ${capacity} ${unitWord(group)} are in service` };
  },
  giveBack: {
    permissions: setting,
    after: ({ giveBackAfter }, { change }) => (change && giveBackAfter !== false ? giveBackAfter : undefined),
    plan(growth, group, later) {
      if (!growth.change) return { keep: 'for-good', why: 'nothing was added' };
      return planReturn(
        growth,
        group,
        later.filter((other) => other.change),
      );
    },
    outlook: (growth) => (growth.change ? outlookInWords(growth) : 'nothing'),
    summary: returnInWords,
    async execute({ plan: { name, capacity, minimum } }, { groups }) {
      if (minimum !== undefined) await groups.setMinimum(name, minimum, capacity);
      else if (capacity !== undefined) await groups.setDesiredCapacity(name, capacity);
    },
    isDone: isReturned,
  },
});

function nameOf(target: Target): string {
  if (target.kind !== 'auto-scaling-group') throw new TypeError(`capacity belongs to an Auto Scaling group, not to a ${target.kind}`);
  return target.name;
}
