import type { AlarmStateValue } from './alarm-definition.ts';
import { NotEvaluated } from './not-evaluated.ts';

/** A composite alarm's rule, read. Alarms are meant by name; an ARN in the rule is reduced to its name. */
export type AlarmRule =
  | { readonly kind: 'state'; readonly alarm: string; readonly value: AlarmStateValue }
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'not'; readonly rule: AlarmRule }
  | { readonly kind: 'and' | 'or'; readonly rules: readonly AlarmRule[] };

const TOKEN = /\s*(?:"(?<quoted>[^"]+)"|(?<sign>[()])|(?<word>[^\s()"]+))/y;

/** Reads ALARM(), OK(), INSUFFICIENT_DATA(), AND, OR, NOT, TRUE, FALSE and parentheses. `AT_LEAST` throws `NotEvaluated`. */
export function parseAlarmRule(text: string): AlarmRule {
  const tokens = [...text.trim().matchAll(new RegExp(TOKEN, 'gy'))].map((match) => match.groups?.quoted ?? match[0].trim());
  const rule = readOr(tokens);
  if (tokens.length > 0) throw new NotEvaluated(`alarm rule: "${tokens[0]}" was not expected in ${text}`);
  return rule;
}

/** Names of the alarms that decide the rule. */
export function alarmsInRule(rule: AlarmRule): readonly string[] {
  if (rule.kind === 'state') return [rule.alarm];
  if (rule.kind === 'not') return alarmsInRule(rule.rule);
  return rule.kind === 'constant' ? [] : rule.rules.flatMap(alarmsInRule);
}

/** Whether the rule holds. An alarm that does not exist is in no state at all. */
export function holds(rule: AlarmRule, stateOf: (alarm: string) => AlarmStateValue | undefined): boolean {
  switch (rule.kind) {
    case 'state':
      return stateOf(rule.alarm) === rule.value;
    case 'constant':
      return rule.value;
    case 'not':
      return !holds(rule.rule, stateOf);
    case 'and':
      return rule.rules.every((part) => holds(part, stateOf));
    case 'or':
      return rule.rules.some((part) => holds(part, stateOf));
  }
}

/** `arn:aws:cloudwatch:...:alarm:NAME` or a plain name. */
export function alarmNameOf(reference: string): string {
  return reference.startsWith('arn:') ? reference.split(':').slice(6).join(':') : reference;
}

function readOr(tokens: string[]): AlarmRule {
  const rules = [readAnd(tokens)];
  while (take(tokens, 'OR')) rules.push(readAnd(tokens));
  return rules.length === 1 && rules[0] ? rules[0] : { kind: 'or', rules };
}

function readAnd(tokens: string[]): AlarmRule {
  const rules = [readTerm(tokens)];
  while (take(tokens, 'AND')) rules.push(readTerm(tokens));
  return rules.length === 1 && rules[0] ? rules[0] : { kind: 'and', rules };
}

function readTerm(tokens: string[]): AlarmRule {
  const token = tokens.shift();
  switch (token?.toUpperCase()) {
    case 'NOT':
      return { kind: 'not', rule: readTerm(tokens) };
    case 'TRUE':
      return { kind: 'constant', value: true };
    case 'FALSE':
      return { kind: 'constant', value: false };
    case '(': {
      const rule = readOr(tokens);
      expect(tokens, ')');
      return rule;
    }
    case 'ALARM':
    case 'OK':
    case 'INSUFFICIENT_DATA': {
      expect(tokens, '(');
      const alarm = alarmNameOf(tokens.shift() ?? '');
      expect(tokens, ')');
      return { kind: 'state', alarm, value: token?.toUpperCase() as AlarmStateValue };
    }
    default:
      throw new NotEvaluated(`alarm rule: ${token ?? 'end of rule'} is not supported`);
  }
}

function take(tokens: string[], word: string): boolean {
  if (tokens[0]?.toUpperCase() !== word) return false;
  tokens.shift();
  return true;
}

function expect(tokens: string[], sign: string): void {
  if (!take(tokens, sign)) throw new NotEvaluated(`alarm rule: "${sign}" expected instead of ${tokens[0] ?? 'end of rule'}`);
}
