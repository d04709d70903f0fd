import { type Instant, iso } from './duration.ts';
import { withTodaysReason } from './former-names.ts';
import type { HistoryLine } from './history-line.ts';
import { outsideText } from './outside-text.ts';

/** What operators do, in words. Those that let the pipeline do more are done only if they can be written down. */
const actions = {
  pause: { words: 'pauses the pipeline', permits: false },
  resume: { words: 'lets the pipeline act again', permits: true },
  approve: { words: 'says yes to a question', permits: true },
  deny: { words: 'says no to a question', permits: false },
  demote: { words: 'makes the policy stricter', permits: false },
  promote: { words: 'lets the policy do what it was deployed for', permits: true },
  'hold-breaker': { words: 'stops the policy', permits: false },
  drill: { words: 'begins a drill', permits: true },
  'release-breaker': { words: "closes the policy's circuit breaker", permits: true },
} as const;

/** One action of an operator, for the history. */
export interface OperatorAction {
  readonly action: keyof typeof actions;
  /** ARN of who does it. */
  readonly by: string;
  readonly why?: string;
  /** What exactly, where the action does not say it all: `to shadow`. */
  readonly what?: string;
  /** @default - all policies */
  readonly policy?: string;
  readonly incident?: string;
  readonly target?: string;
}

/** What concerns no single policy. */
export const ALL_POLICIES = '(all)';

export function permits({ action }: OperatorAction): boolean {
  return actions[action].permits;
}

/** The line of an action that is about to be done, or of one that failed. */
export function operatorLine(given: OperatorAction, now: Instant, failure?: string): HistoryLine {
  const { action, by, why, what, policy = ALL_POLICIES, incident, target } = given;
  const details = [what, why].flatMap((text) => (text ? outsideText(text, 500) : []));
  const text = [`${by} ${actions[action].words}`, ...details].join(': ');
  return {
    at: iso(now),
    kind: 'operator',
    policy,
    text: failure === undefined ? text : `${text}: that failed, and whether it took place is not known: ${outsideText(failure, 500)}`,
    action,
    by,
    ...(what !== undefined && { what: outsideText(what, 500) }),
    ...(why !== undefined && { why: outsideText(why, 500) }),
    ...(incident !== undefined && { incident }),
    ...(target !== undefined && { target }),
  };
}

/** The streams of the history that operators may write; all others are the functions' own. */
export const OPERATORS_STREAM = 'operators';

/** What the line of an action says beside what every line does. Lines of earlier versions name the action `deed`. */
const said = { deed: 'action', action: 'action', by: 'by', what: 'what', why: 'why', incident: 'incident', target: 'target' } as const;

/** A line as far as its stream may be believed: what operators can write tells of nothing but their actions, and of those in words. */
export function believable(line: HistoryLine, stream: string): HistoryLine {
  if (!stream.startsWith(`${OPERATORS_STREAM}/`)) return withTodaysReason(line);
  const { at, policy, text } = line;
  const words = Object.entries(said).flatMap(([name, today]) => (typeof line[name] === 'string' ? [[today, line[name]]] : []));
  return { at, kind: 'operator', policy, text, ...Object.fromEntries(words) };
}
