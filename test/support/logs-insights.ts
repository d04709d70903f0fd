import type { HistoryLine } from '../../lambdas/core/history-line.ts';

// No package parses the language of Logs Insights; this reads the part of it that the saved queries use, and refuses the rest.

/** Functions of the language by AWS's reference, of those that the queries use. */
const FUNCTIONS = ['avg', 'bin', 'count', 'earliest', 'ispresent', 'latest', 'max', 'pct', 'strcontains', 'sum'];
const WORDS = ['and', 'as', 'asc', 'by', 'desc', 'in', 'like', 'not'];

/** A saved query taken apart. */
export interface ReadQuery {
  /** The lines that its first filter lets through. */
  filter(lines: readonly HistoryLine[]): readonly HistoryLine[];
  /** The fields of the history that it uses. */
  readonly fields: readonly string[];
  /** Those of them that the lines must not have. */
  readonly absent: readonly string[];
}

/** @throws Error for what is not of the language, or not of the part that is known here */
export function readQuery(lines: readonly string[]): ReadQuery {
  const commands = lines.map((line) => {
    const [, command = '', rest = ''] = /^(\w+) (.+)$/.exec(line) ?? [];
    if (!['filter', 'fields', 'stats', 'sort', 'display', 'limit'].includes(command)) throw new Error(`no command: ${line}`);
    return { command, rest };
  });
  if (commands[0]?.command !== 'filter') throw new Error('does not begin with a filter');
  if (commands.filter(({ command }) => command === 'stats').length > 2) throw new Error('takes more than two stats');
  const named = new Set<string>();
  const fields = new Set<string>();
  for (const { command, rest } of commands) {
    if (command === 'limit' && /^\d+$/.test(rest)) continue;
    for (const used of namesIn(rest)) if (!named.has(used)) fields.add(used);
    for (const [, name = ''] of rest.matchAll(/ as (\w+)/g)) named.add(name);
    // After an aggregation there is what it made, and nothing else.
    if (command === 'stats') for (const by of rest.split(' by ')[1]?.split(', ') ?? []) named.add(by);
  }
  const absent = [...(commands[0]?.rest ?? '').matchAll(/not ispresent\(([\w.]+)\)/g)].map(([, name = '']) => name);
  const conditions = (commands[0]?.rest ?? '').split(' and ').map(conditionOf);
  return { filter: (all) => all.filter((line) => conditions.every((holds) => holds(line))), fields: [...fields], absent };
}

/** Names in an expression, `as` what it makes left out. */
function namesIn(expression: string): readonly string[] {
  const withoutTexts = expression.replaceAll(/"[^"]*"/g, '').replaceAll(/ as \w+/g, '');
  if (/["'`|]/.test(withoutTexts)) throw new Error(`a text is not closed: ${expression}`);
  if (withoutTexts.split('(').length !== withoutTexts.split(')').length) throw new Error(`parentheses do not match: ${expression}`);
  const names: string[] = [];
  for (const [, name = '', call] of withoutTexts.matchAll(/(?<![\w.])([A-Za-z_][\w.]*)(\()?/g)) {
    if (call && !FUNCTIONS.includes(name)) throw new Error(`no function: ${name}`);
    if (!call && !WORDS.includes(name)) names.push(name);
  }
  return names;
}

function conditionOf(text: string): (line: HistoryLine) => boolean {
  const present = /^(not )?ispresent\(([\w.]+)\)$/.exec(text);
  if (present) return (line) => (valueAt(line, present[2] ?? '') !== undefined) === (present[1] === undefined);
  const compared = /^([\w.]+) (=|!=) "([^"]*)"$/.exec(text);
  if (compared) return (line) => (valueAt(line, compared[1] ?? '') === compared[3]) === (compared[2] === '=');
  const among = /^([\w.]+) in (\[.+\])$/.exec(text);
  if (among) return (line) => (JSON.parse(among[2] ?? '') as readonly unknown[]).includes(valueAt(line, among[1] ?? ''));
  const unlike = /^([\w.]+) not like "([^"]*)"$/.exec(text);
  if (unlike) return (line) => !String(valueAt(line, unlike[1] ?? '')).includes(unlike[2] ?? '');
  throw new Error(`no condition: ${text}`);
}

/** The value of a field, which Logs Insights finds in JSON by its path. */
export function valueAt(line: HistoryLine, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], line);
}
