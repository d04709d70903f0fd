import { healthyFloor, type SlotClaim, type Slots, slotLimits } from './claim.ts';
import { groupInWords } from './group-in-words.ts';
import type { Snapshot } from './guardrails/guardrail.ts';
import { groupKey, type Policy } from './policy.ts';

/** A group of the pipeline that has the target, and that would do without it while it is repaired. */
export interface TouchedGroup extends SlotClaim {
  /** ` of Auto Scaling group web`; empty for the group of the policy itself, which is the one that is meant. */
  readonly named: string;
  readonly size: number;
  readonly zoneSize: number;
  readonly slots: Slots;
}

/** Every group of the pipeline that has the target, the policy's own first, each with its own limits. */
export function touchedGroups({ group, guardrails }: Policy, { facts, slots, alongside = [] }: Snapshot): readonly TouchedGroup[] {
  const own = { group, ...guardrails, facts, slots, named: '' };
  const others = alongside.map((each) => ({ ...each, named: ` of ${groupInWords(each.group)}` }));
  return [own, ...others].map((each) => {
    const { groupSize, zone, zoneSize } = each.facts;
    const floor = healthyFloor(each.healthyFloor.percent, each.facts);
    return {
      group: groupKey(each.group),
      limits: slotLimits(each.blastRadius, { group: groupSize, zone: zoneSize }),
      ...(zone !== undefined && { zone }),
      ...(floor && { floor }),
      ...{ named: each.named, size: groupSize, zoneSize, slots: each.slots },
    };
  });
}

/** The slots that an act on the target takes. */
export function slotClaims(policy: Policy, snapshot: Snapshot): readonly SlotClaim[] {
  return touchedGroups(policy, snapshot).map(({ named: _, size: __, zoneSize: ___, slots: ____, ...claim }) => claim);
}
