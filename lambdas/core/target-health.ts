import type { SymptomReading } from './verification.ts';

/** What a load balancer finds of one registered target, in its own words. */
export type TargetHealth = 'healthy' | 'unhealthy' | 'initial' | 'draining' | 'unused' | 'unavailable';

/** The instances of a target group, each with its health. One that is not registered is not there. */
export type HealthByInstance = ReadonlyMap<string, TargetHealth>;

/** From the worst to the best: an instance that is registered with several ports is as well as its worst one. */
const WORST_FIRST: readonly TargetHealth[] = ['unhealthy', 'unavailable', 'initial', 'draining', 'unused', 'healthy'];

/** The health of an instance with several registrations. */
export function worstHealth(left: TargetHealth | undefined, right: TargetHealth): TargetHealth {
  return WORST_FIRST.find((each) => each === left || each === right) ?? right;
}

export function unhealthyOf(health: HealthByInstance): readonly string[] {
  return [...health].flatMap(([id, each]) => (each === 'unhealthy' ? [id] : []));
}

/**
 * The symptom of one target is its own health, never the alarm of the whole group: that stays in ALARM for a neighbour. Only a
 * target that answers its health checks is well; one that the load balancer does not check says nothing.
 */
export function symptomOfTarget(health: TargetHealth | undefined): SymptomReading {
  switch (health) {
    case 'healthy':
      return { kind: 'gone', why: 'the load balancer finds it healthy' };
    case 'unhealthy':
      return { kind: 'present', why: 'the load balancer finds it unhealthy' };
    case 'initial':
    case 'unavailable':
      return { kind: 'unknown', why: `the load balancer does not know its health yet (${health})` };
    case 'draining':
    case 'unused':
      return { kind: 'unknown', silent: true, why: `the load balancer does not check it (${health})` };
    case undefined:
      return { kind: 'unknown', silent: true, why: 'it is not registered in the target group' };
  }
}
