import type { Act } from './act.ts';
import type { ChaosRun } from './chaos.ts';
import { inWords } from './invariants/ends.ts';
import type { Violation } from './invariants/invariant.ts';

/** What may have led to the first act of a violation lies in the seconds before it. */
const BEFORE_MS = 5_000;

/** The earliest violation, since later ones may follow from it. */
export function firstOf(violations: readonly Violation[]): Violation | undefined {
  const last = ({ acts }: Violation) => Math.max(...acts.map(({ at }) => at), 0) || Number.POSITIVE_INFINITY;
  return violations.toSorted((left, right) => last(left) - last(right))[0];
}

/** The lines about the acts that are in conflict, their attempts, and the targets or the incident meanwhile; in order of time. */
export function historyOf({ acts, incident }: Violation, run: ChaosRun): readonly string[] {
  const { startedAt, attempts, struck, aftermath } = run;
  const targets = new Set(acts.map(({ target }) => target));
  const isOneTarget = targets.size === 1;
  const ids = new Set([incident, ...acts.map((act) => attempts.of(act)?.incident)].filter((id) => id !== undefined));
  const from = Math.min(...acts.map(({ at }) => at)) - BEFORE_MS;
  const until = Math.max(...acts.map(({ at }) => at));
  const isWithin = (at: number) => acts.length === 0 || (at >= from && at <= until);
  const named = [...ids, ...[...targets].map((target) => target.split('#')[1] ?? target)];
  const told = aftermath.lines
    .filter(({ incident: id = '', target }) => ids.has(id) || (isOneTarget && target === inWords([...targets][0] ?? '')))
    .filter(({ kind }) => isOneTarget || acts.length === 0 || kind === 'decision')
    .map(({ at, kind, policy, text }) => ({ at: Date.parse(at), text: `history   ${policy} ${kind}: ${text}` }));
  const lines = [
    ...acts.map((act) => ({ at: act.at, text: `ACT       ${actInWords(act)}` })),
    ...attempts.all
      .filter((attempt) => ids.has(attempt.incident))
      .map(({ writtenAt, token, policy }) => ({ at: writtenAt, text: `attempt   ${policy}, rung ${token.split('-')[1]}, written` })),
    ...struck
      .filter(({ parameters }) => named.some((name) => parameters.includes(name)))
      .map(({ at, text }) => ({ at, text: `injected  ${text}` })),
    ...told,
  ];
  return lines
    .filter(({ at }) => isWithin(at))
    .toSorted((left, right) => left.at - right.at)
    .map(({ at, text }) => `${((at - startedAt) / 1_000).toFixed(2).padStart(8)} s  ${text}`);
}

function actInWords({ action, what, target, endedAt, at }: Act): string {
  const took = endedAt === undefined ? 'under way' : `${((endedAt - at) / 1_000).toFixed(1)} s`;
  return `${action} ${what} on ${target} (${took})`;
}
