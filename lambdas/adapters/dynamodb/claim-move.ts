import { type Holdings, holdingsOf, type Lease } from '../../core/claim.ts';
import type { Instant } from '../../core/duration.ts';
import type { Incident } from '../../core/incident.ts';
import type { HeldSince } from '../../core/ports.ts';
import type { Target } from '../../core/target.ts';
import { type Condition, type Key, leaseKey, membersKey, slotsKey, timeToLive, type Write } from './incident-table.ts';

/** A claim as it was read from the lease of its target. */
export interface HeldClaim {
  readonly incident: string;
  readonly target: Target;
  /** @default - the lease was not there */
  readonly lease?: Lease | undefined;
}

/**
 * The writes that move the end of all that an incident holds, never to an earlier time. The first is that of the lease. All are refused
 * when the lease is not the incident's any more or has lapsed, or a slot was given to others since.
 */
export function claimMove({ incident, target, lease }: HeldClaim, until: Instant, now: Instant): readonly [Write, ...Write[]] {
  const expiresAt = Math.max(until, lease?.expiresAt ?? 0);
  const slots = itemsOf(holdingsOf(lease, incident));
  return [leaseMove(incident, leaseKey(target), expiresAt, now), ...slots.map((key) => slotMove(incident, key, expiresAt))];
}

/**
 * The writes that free what an incident is known to hold. All are refused when its lease is another's, or was moved since, or a slot was given
 * to others.
 */
export function claimEnd({ id, target }: Pick<Incident, 'id' | 'target'>, held: HeldSince): readonly Write[] {
  const condition = {
    ConditionExpression: 'incident = :incident AND expiresAt = :until',
    ExpressionAttributeValues: { ':incident': id, ':until': held.until },
  };
  return [{ kind: 'delete', key: leaseKey(target), condition }, ...itemsOf(held).map((key) => slotEnd(id, key))];
}

/** Where the slots and places of a claim are kept. */
export function itemsOf(holds: Omit<Holdings, 'by'> | undefined): readonly Key[] {
  return [...(holds?.groups ?? []).map(slotsKey), ...(holds?.container === undefined ? [] : [membersKey(holds.container)])];
}

function leaseMove(incident: string, key: Key, expiresAt: Instant, now: Instant): Write {
  return {
    kind: 'set',
    key,
    values: { expiresAt, ttl: timeToLive(expiresAt) },
    condition: {
      ConditionExpression: 'incident = :incident AND #expiresAt > :now',
      ExpressionAttributeValues: { ':incident': incident, ':now': now },
    },
  };
}

function hasSlot(incident: string): Condition {
  return { ConditionExpression: `attribute_exists(#value.#${incident})` };
}

/** Others change the item by its version, which is counted up, so that none of them writes the slot back. */
function slotEnd(incident: string, key: Key): Write {
  return {
    ...{ kind: 'set', key, values: {}, removed: [`value.${incident}`], counted: ['version'] },
    condition: hasSlot(incident),
  };
}

/** Others change the item by its version, which is counted up, so that none of them writes the former end over this one. */
function slotMove(incident: string, key: Key, until: Instant): Write {
  return {
    kind: 'set',
    key,
    values: { [`value.${incident}.until`]: until },
    counted: ['version'],
    condition: hasSlot(incident),
  };
}
