import type { FoundFleet, Member } from './readings.ts';

/** The instances of all fleets that run, each once. */
export function runningMembers(fleets: readonly FoundFleet[]): readonly Member[] {
  const members = new Map(fleets.flatMap((fleet) => fleet.members).map((member) => [member.id, member]));
  return [...members.values()].filter(({ running }) => running);
}
