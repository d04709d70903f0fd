import type { Policy } from '../core/policy.ts';
import { remediatorNamed } from '../remediators/registry.ts';

/**
 * Why a drill for real of the policy may not stop the service: the policy neither watches it nor starts it again, so that the drill would
 * only take it away. Where the policy names no service, as one of a load balancer whose ladder restarts instances, any may be meant.
 */
export function whyNotStopped(policy: Policy, service: string): string | undefined {
  const restarted = policy.ladder.flatMap(({ remedy, params }) => {
    const remediator = remediatorNamed(remedy);
    const read = remediator?.params.safeParse(params);
    return read?.success ? (remediator?.restarts?.(read.data) ?? []) : [];
  });
  const own = [...new Set([policy.service ?? [], restarted].flat().map(unitOf))];
  if (own.length === 0 || own.includes(unitOf(service))) return undefined;
  return `policy ${policy.name} neither watches nor restarts service ${service}, but ${own.join(' and ')}`;
}

/** systemd's name of a service, without what all services end with. */
function unitOf(service: string): string {
  return service.replace(/\.service$/, '');
}
