import { groupKey, type Policy } from '../policy.ts';
import type { CommandResult } from '../ports.ts';
import { servicesOf } from './protected.ts';
import type { FoundFleet, ManagedInstance, NodeLook } from './readings.ts';

/** Machines of a fleet that are asked; the others are like them. */
const ASKED_OF_A_FLEET = 10;

/** Which machines are asked, and for which services: running Linux machines whose agent answers. */
export function nodesToAsk(
  policies: readonly Policy[],
  fleets: readonly FoundFleet[],
  managed: readonly ManagedInstance[],
): readonly { readonly id: string; readonly services: readonly string[] }[] {
  const answering = new Set(managed.flatMap(({ id, online, platform }) => (online && platform === 'Linux' ? id : [])));
  const wanted = new Map<string, Set<string>>();
  for (const { group, members } of fleets) {
    const services = policies.filter((policy) => groupKey(policy.group) === groupKey(group)).flatMap(servicesOf);
    for (const { id } of members.filter((member) => member.running && answering.has(member.id)).slice(0, ASKED_OF_A_FLEET))
      wanted.set(id, new Set([...(wanted.get(id) ?? []), ...services]));
  }
  return [...wanted].map(([id, services]) => ({ id, services: [...services] }));
}

/** What the document printed: `clock 1764412345`, and `service nginx active`. */
export function lookOf(id: string, result: CommandResult | undefined, now: number): NodeLook {
  if (result === undefined) return { id, services: {}, unread: 'it did not answer in half a minute' };
  if (result.status !== 'succeeded') return { id, services: {}, unread: `${result.detail}: ${result.output}${result.errors}`.trim() };
  const lines = result.output.split('\n').map((line) => line.trim().split(' '));
  const [, seconds] = lines.find(([word]) => word === 'clock') ?? [];
  const services = lines.flatMap(([word, name, state]) => (word === 'service' && name && state ? [[name, state] as const] : []));
  return { id, services: Object.fromEntries(services), ...(seconds && { ahead: Number(seconds) * 1_000 - now }) };
}
