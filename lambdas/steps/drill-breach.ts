import { type Fill, fillOf } from '../core/drill-fill.ts';
import type { Policy } from '../core/policy.ts';
import { remediatorNamed } from '../remediators/registry.ts';
import type { Remediator } from '../remediators/remediator.ts';

/** What a drill for real of the policy would fill, in a folder that its own ladder clears, or why it cannot be. */
export function drillFill(policy: Policy): Fill | { readonly why: string } {
  return fillOf(
    policy,
    saidByLadder(policy, ({ clears }, params) => clears?.(params) ?? []),
  );
}

/**
 * Why a drill for real of the policy may not stop the service: the policy neither watches it nor starts it again, so that the drill would
 * only take it away. Where the policy names no service, as one of a load balancer whose ladder restarts instances, any may be meant.
 */
export function whyNotStopped(policy: Policy, service: string): string | undefined {
  const restarted = saidByLadder(policy, ({ restarts }, params) => restarts?.(params) ?? []);
  const own = [...new Set([policy.service ?? [], restarted].flat().map(unitOf))];
  if (own.length === 0 || own.includes(unitOf(service))) return undefined;
  return `policy ${policy.name} neither watches nor restarts service ${service}, but ${own.join(' and ')}`;
}

/** What the remedies of the ladder say of their parameters, each once. One that would not take its parameters says nothing. */
function saidByLadder({ ladder }: Policy, say: (remediator: Remediator, params: unknown) => string | readonly string[]): readonly string[] {
  const said = ladder.flatMap(({ remedy, params }) => {
    const remediator = remediatorNamed(remedy);
    const read = remediator?.params.safeParse(params);
    return remediator && read?.success ? say(remediator, read.data) : [];
  });
  return [...new Set(said)];
}

/** systemd's name of a service, without what all services end with. */
function unitOf(service: string): string {
  return service.replace(/\.service$/, '');
}
