import type { HistoryKind, HistoryLine } from './history-line.ts';
import { isAbout } from './timeline.ts';

/** Which lines of the history are wanted; what is not named may be anything. */
export interface HistoryFilter {
  readonly kinds?: readonly HistoryKind[];
  /** A target or its id, an alarm, a policy, or the beginning of an incident's id; lines of operators pass as well. */
  readonly about?: string;
  readonly policy?: string;
  /** A target, or its id. */
  readonly target?: string;
  readonly incident?: string;
  /** The id of a drill. */
  readonly drill?: string;
  /** Only looks of policies in shadow mode. */
  readonly shadowed?: true;
}

/** CloudWatch Logs takes no longer one. */
const LONGEST_PATTERN = 1_024;

/**
 * The filter as a pattern of CloudWatch Logs, which then sends only what is wanted. Undefined where everything is, or where the words
 * cannot be written in a pattern. A pattern may let more through: a `*` in the words is a wildcard there.
 */
export function filterPattern({ kinds, about, policy, target, incident, drill, shadowed }: HistoryFilter): string | undefined {
  const words = [about, policy, target, incident, drill].filter((word) => word !== undefined);
  if (words.some((word) => /["\\\p{Cc}]/u.test(word))) return undefined;
  const parts = [
    kinds && oneOf(kinds.map((kind) => is('kind', kind))),
    // Earlier versions wrote an operator's action under another name; the kind is the same.
    about !== undefined &&
      oneOf([...onTarget(about), is('alarm', about), is('policy', about), is('incident', `${about}*`), is('kind', 'operator')]),
    policy !== undefined && is('policy', policy),
    target !== undefined && oneOf(onTarget(target)),
    incident !== undefined && is('incident', incident),
    drill !== undefined && is('drill', drill),
    shadowed && is('shadow', '*'),
  ].filter((part) => part !== undefined && part !== false);
  const pattern = `{ ${parts.join(' && ')} }`;
  return parts.length === 0 || pattern.length > LONGEST_PATTERN ? undefined : pattern;
}

/** Whether the line is wanted. What CloudWatch Logs lets through is looked at once more. */
export function isWanted({ kinds, about, policy, target, incident, drill, shadowed }: HistoryFilter, line: HistoryLine): boolean {
  return (
    (kinds === undefined || kinds.includes(line.kind)) &&
    (about === undefined || line.kind === 'operator' || isAbout(line, about)) &&
    (policy === undefined || line.policy === policy) &&
    (target === undefined || line.target === target || line.target?.endsWith(` ${target}`) === true) &&
    (incident === undefined || line.incident === incident) &&
    (drill === undefined || line.drill === drill) &&
    (shadowed === undefined || line.shadow !== undefined)
  );
}

function onTarget(typed: string): readonly string[] {
  return [is('target', typed), is('target', `* ${typed}`)];
}

function is(field: string, value: string): string {
  return `($.${field} = "${value}")`;
}

function oneOf(alternatives: readonly string[]): string {
  return `(${alternatives.join(' || ')})`;
}
