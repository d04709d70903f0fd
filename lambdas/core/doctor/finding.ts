/** How one thing stands: `unknown` is not well, since nobody could look. */
export type FindingState = 'ok' | 'warning' | 'wrong' | 'unknown';

/** What a check says of one thing. */
export interface Finding {
  readonly state: FindingState;
  /** The thing: an alarm, an instance, a queue. */
  readonly about: string;
  readonly says: string;
  /** The command that mends it, several one a line, or what a person does. @default - there is nothing to mend */
  readonly mend?: string;
}

export function ok(about: string, says: string): Finding {
  return { state: 'ok', about, says };
}

export function warning(about: string, says: string, mend?: string): Finding {
  return { state: 'warning', about, says, ...(mend !== undefined && { mend }) };
}

export function wrong(about: string, says: string, mend: string): Finding {
  return { state: 'wrong', about, says, mend };
}

export function unknown(about: string, says: string, mend?: string): Finding {
  return { state: 'unknown', about, says, ...(mend !== undefined && { mend }) };
}

const bySeverity: readonly FindingState[] = ['wrong', 'unknown', 'warning', 'ok'];

/** Findings with the worst first, where not all of them can be told. */
export function worstFirst(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((one, other) => bySeverity.indexOf(one.state) - bySeverity.indexOf(other.state));
}

/** More of one kind are counted; a fleet of thousands must not print thousands of lines. */
const NAMED = 5;

/** The first of several names, and how many more there are. */
export function someOf(names: readonly string[]): string {
  const more = names.length - NAMED;
  return more > 0 ? `${names.slice(0, NAMED).join(', ')} and ${more} more` : names.join(', ');
}
