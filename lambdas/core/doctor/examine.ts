import type { Check, Place } from './check.ts';
import { type Finding, unknown } from './finding.ts';
import { type ReadingName, type Readings, readingActions } from './readings.ts';

/** What became of one reading. */
export type Read<Value> = { readonly value: Value } | { readonly why: string; readonly refused: boolean };

export type ReadAccount = { readonly [Name in ReadingName]?: Read<Readings[Name]> };

/** Judges one check on what was read; what could not be read is a finding, with the permission that may be missing. */
export function examine({ name, needs, judge }: Check, account: ReadAccount, place: Place): readonly Finding[] {
  const unread = needs.flatMap((need) => {
    const read = account[need];
    if (read && 'value' in read) return [];
    const why = read?.why ?? 'it was not read';
    const mend = read?.refused
      ? `ask for ${readingActions[need].join(', ')}: the managed policy ${place.pipeline}-doctor-<Region>`
      : undefined;
    return [unknown(name, `it could not be looked: ${why}`, mend)];
  });
  if (unread.length > 0) return unread.slice(0, 1);
  const values = Object.fromEntries(needs.map((need) => [need, (account[need] as { readonly value: unknown }).value]));
  return judge(values as unknown as Readings, place);
}

/** How the command ends: 1 for what is wrong, 2 where it could not be looked, 0 where all is well or only warned of. */
export function exitCodeOf(findings: readonly Finding[]): 0 | 1 | 2 {
  if (findings.some(({ state }) => state === 'wrong')) return 1;
  return findings.some(({ state }) => state === 'unknown') ? 2 : 0;
}
