/**
 * What a remedy costs those who use its target, cheapest first: nothing; a service of one machine; a whole machine for some minutes; what is
 * on a machine, or all sessions of a database; money for as long as it lasts.
 */
const costClasses = ['none', 'service', 'machine', 'outage', 'money'] as const;

export type CostClass = (typeof costClasses)[number];

export function isDearer(one: CostClass, other: CostClass): boolean {
  return costClasses.indexOf(one) > costClasses.indexOf(other);
}

/** Whether a second opinion may be asked for before it. */
export function isCostly(cost: CostClass): boolean {
  return isDearer(cost, 'service');
}
