import { anIncident, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CannotDo } from '../../../bin/heal/cannot-do.ts';
import { answering } from '../../../bin/heal/command.ts';
import { history } from '../../../bin/heal/history.ts';
import type { Operator } from '../../../bin/heal/operator.ts';
import { demote } from '../../../bin/heal/policies.ts';
import { failureText, printable, printableJson, quoted } from '../../../bin/heal/printable.ts';
import { screenOf } from '../../../bin/heal/screen.ts';
import { status } from '../../../bin/heal/status.ts';
import { why } from '../../../bin/heal/why.ts';
import { iso } from '../../../lambdas/core/duration.ts';
import { isWanted } from '../../../lambdas/core/history-filter.ts';
import { type HistoryLine, incidentLine } from '../../../lambdas/core/history-line.ts';
import { plainScreen } from '../../support/plain-screen.ts';

const RUNNING = 'Pipeline healing is running.';
/** Clears the screen, names the window, rings, writes a line of its own and turns its end around. */
const HOSTILE = `\u001b[2J\u001b[H\u001b]0;owned\u0007x\r\n${RUNNING}\n\u009b31m\u2028\u202egnp\u200b`;
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what it looks for
const ORDERS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/u;

const incident = anIncident();
const ended = incidentLine('outcome', incident, HOSTILE, NOW + MINUTE, { outcome: 'handed-off', reason: 'ladder-exhausted', remedies: [] });
const lines: readonly HistoryLine[] = [
  incidentLine('signal', incident, HOSTILE, NOW),
  incidentLine('verification', incident, HOSTILE, NOW + 1, { detail: `\u001b[31m${HOSTILE}` }),
  ended,
  { at: iso(NOW + 2), kind: 'operator', policy: '(all)', text: HOSTILE },
  {
    at: iso(NOW + 2),
    kind: 'operator',
    policy: `Web\n${RUNNING}`,
    text: 'x',
    action: HOSTILE,
    by: HOSTILE,
    what: HOSTILE,
    why: HOSTILE,
    target: HOSTILE,
  },
];
const operator = {
  pipeline: 'healing',
  policies: { 'Web-memory': 'automatic' },
  history: async (_: number, filter = {}) => lines.filter((line) => isWanted(filter, line)),
  pause: { history: async () => [{ value: HOSTILE, at: iso(NOW), by: `arn:a/${HOSTILE}` }] },
  approvals: { open: async () => [] },
  workflow: { open: async () => [] },
  incidents: { known: async () => undefined },
  claims: { spending: async () => ({}), breaker: async () => ({ state: 'isolated', by: HOSTILE, why: HOSTILE, since: NOW }) },
  modes: { read: async () => ({ mode: 'shadow', why: HOSTILE, by: HOSTILE, at: NOW }) },
  caller: async () => ({ arn: 'arn:a/anna', userId: 'A' }),
} as unknown as Operator;

describe('what others wrote', () => {
  it.each([
    ['status', () => status(operator, NOW, plainScreen())],
    ['history', () => history(operator, 0, {}, plainScreen())],
    ['why', () => why(operator, 'Web-memory', 0, plainScreen())],
    ['demote', () => demote(operator, 'Web-memory', 'shadow', 'too often', NOW, plainScreen())],
  ])('gives a terminal no order in the answer of %s, and is no line of it', async (_, answer) => {
    const { text, data } = await answer();
    expect(printable(text)).not.toMatch(ORDERS);
    expect(text.split('\n').map((line) => line.trimEnd())).not.toContain(RUNNING);
    const json = printableJson(data, 2);
    expect(json).not.toMatch(ORDERS);
    expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(data)));
  });

  it('stays on one line, with its blanks', () => {
    expect(quoted('a   b\r\nc\td\u202e')).toBe('a   b c d');
  });

  it('is escaped in JSON, also beyond the first plane', () => {
    expect(printableJson({ a: '\u009b\u{e0041}é' })).toBe(String.raw`{"a":"\u009b\udb40\udc41é"}`);
  });
});

describe('an answer', () => {
  it('keeps line breaks, tabs and the styles of a screen', () => {
    const coloured = screenOf({ out: { isTTY: true, hasColors: () => true, write: () => true }, errors: { write: () => true } });
    const text = (['good', 'bad', 'attention', 'head', 'less'] as const).map((each) => coloured.style(each, each)).join('\n\t');
    expect(printable(text)).toBe(text);
    expect(printable('\u001b[5mblinks\u001b[0m')).toBe('[5mblinks[0m');
  });

  it('that is a failure has further lines set apart', () => {
    expect(failureText('it failed:\n→ all is well\u001b[2J', 'mend it')).toBe('it failed:\n  → all is well[2J\n→ mend it');
  });
});

describe('a command', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    process.exitCode = undefined;
  });
  const given = { pipeline: 'healing' };

  it.each([false, true])('prints no order to a terminal, as JSON: %s', async (json) => {
    const out = vi.spyOn(console, 'log').mockReturnValue();
    await answering({ ...given, json }, async () => ({ data: { a: HOSTILE }, text: HOSTILE }));
    expect(String(out.mock.calls[0]?.[0])).not.toMatch(ORDERS);
  });

  it.each([false, true])('fails without an order to a terminal, as JSON: %s', async (json) => {
    const errors = vi.spyOn(console, 'error').mockReturnValue();
    await answering({ ...given, json }, () => Promise.reject(new CannotDo(HOSTILE, 'mend it')));
    expect(String(errors.mock.calls[0]?.[0])).not.toMatch(ORDERS);
    expect(String(errors.mock.calls[0]?.[0]).split('\n')).not.toContain(RUNNING);
  });
});
