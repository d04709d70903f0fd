import { grouped } from './grouped.ts';
import type { HistoryLine } from './history-line.ts';
import { SHORT_DIGITS } from './incident.ts';
import { ALL_POLICIES } from './operator-action.ts';
import { reasonWords } from './reason-words.ts';
import { isReason } from './reasons.ts';

/** The account of one incident, or of one event that opened none. */
export interface Timeline {
  readonly incident?: string;
  readonly policy: string;
  readonly target?: string;
  readonly lines: readonly HistoryLine[];
  /** What the reason of its end means, and what to do now. Absent while it is open. */
  readonly verdict?: { readonly reason: string; readonly means: string; readonly doNow: string };
}

/** Whether a line is about what somebody typed: a target or its id, an alarm, a policy, or the beginning of an incident's id. */
export function isAbout({ target, alarm, policy, incident }: HistoryLine, typed: string): boolean {
  const isTarget = target === typed || target?.endsWith(` ${typed}`);
  const isIncident = typed.length >= SHORT_DIGITS && incident?.startsWith(typed);
  return Boolean(isTarget || alarm === typed || policy === typed || isIncident);
}

/**
 * The timelines of what somebody typed, oldest first. Lines of one incident belong together, also those that name the target in
 * other words; a line without an incident, such as a rejection, is a timeline of its own.
 */
export function timelinesOf(lines: readonly HistoryLine[], typed: string): readonly Timeline[] {
  const about = lines.filter((line) => line.incident !== undefined && isAbout(line, typed));
  // Operators can write of any incident, also of one that never was.
  const own = about.filter(({ kind }) => kind !== 'operator');
  const meant = new Set((own.length > 0 ? own : about).map(({ incident }) => incident));
  const chosen = lines.filter((line) =>
    line.incident === undefined ? line.kind !== 'operator' && isAbout(line, typed) : meant.has(line.incident),
  );
  const inOrder = chosen.toSorted((left, right) => left.at.localeCompare(right.at));
  return [...grouped(inOrder, (line) => line.incident ?? line).values()].map(timeline);
}

/** What operators did that bears on a policy, beside their answers about one incident. */
export function actionsOn(lines: readonly HistoryLine[], policy: string): readonly HistoryLine[] {
  return lines.filter(
    (line) => line.kind === 'operator' && line.incident === undefined && (line.policy === policy || line.policy === ALL_POLICIES),
  );
}

function timeline(lines: readonly [HistoryLine, ...HistoryLine[]]): Timeline {
  const { policy, target, incident } = lines.find(({ kind }) => kind !== 'operator') ?? lines[0];
  const reason = lines.findLast(({ kind }) => kind === 'outcome' || incident === undefined)?.reason;
  return {
    policy,
    ...(incident !== undefined && { incident }),
    ...(target !== undefined && { target }),
    lines,
    ...(isReason(reason) && { verdict: { reason, ...reasonWords[reason] } }),
  };
}
