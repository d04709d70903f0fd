import * as z from 'zod';
import { find, get } from './data-path.ts';

type Json = unknown;
type Test = (value: Json, operand: Json) => boolean;

const string: Guard<string> = (value) => typeof value === 'string';
const number: Guard<number> = (value) => typeof value === 'number';
const boolean: Guard<boolean> = (value) => typeof value === 'boolean';
const timestamp: Guard<string> = (value): value is string =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value));

type Guard<T> = (value: Json) => value is T;

/** A comparison that is false between values of another type. */
function comparing<T>(guard: Guard<T>, compare: (left: T, right: T) => boolean): Test {
  return (value, operand) => guard(value) && guard(operand) && compare(value, operand);
}

function orderings<T>(type: string, guard: Guard<T>, key: (value: T) => number | string): Record<string, Test> {
  return {
    [`${type}Equals`]: comparing(guard, (left, right) => key(left) === key(right)),
    [`${type}LessThan`]: comparing(guard, (left, right) => key(left) < key(right)),
    [`${type}LessThanEquals`]: comparing(guard, (left, right) => key(left) <= key(right)),
    [`${type}GreaterThan`]: comparing(guard, (left, right) => key(left) > key(right)),
    [`${type}GreaterThanEquals`]: comparing(guard, (left, right) => key(left) >= key(right)),
  };
}

/** Comparisons with a value; each also exists with `Path`, for the value at a path. */
const comparisons: Readonly<Record<string, Test>> = {
  ...orderings('String', string, (value) => value),
  ...orderings('Numeric', number, (value) => value),
  ...orderings('Timestamp', timestamp, (value) => Date.parse(value)),
  BooleanEquals: comparing(boolean, (left, right) => left === right),
};

/** Questions about a value; the operand says which answer is meant. */
const questions: Readonly<Record<string, (value: Json) => boolean>> = {
  IsPresent: (value) => value !== undefined,
  IsNull: (value) => value === null,
  IsString: string,
  IsNumeric: number,
  IsBoolean: boolean,
  IsTimestamp: timestamp,
};

const matches: Test = comparing(string, (value, pattern) => {
  const parts = pattern.split(/(?<!\\)\*/).map((part) => part.replaceAll('\\*', '*').replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('[\\s\\S]*')}$`).test(value);
});

const variableSchema = z.looseObject({ Variable: z.string() }).superRefine((rule, issues) => {
  const operators = Object.keys(rule).filter((key) => !['Variable', 'Next', 'Comment'].includes(key));
  if (operators.length !== 1 || !isKnown(operators[0] ?? ''))
    issues.addIssue({ code: 'custom', message: `the operator ${operators.join(', ') || '(none)'} cannot be interpreted` });
});

const around = { Comment: z.string().optional(), Next: z.string().optional() };

type Condition =
  | { readonly Variable: string; readonly [operator: string]: Json }
  | { readonly And: readonly Condition[] }
  | { readonly Or: readonly Condition[] }
  | { readonly Not: Condition };

const conditionSchema: z.ZodType<Condition> = z.lazy(() =>
  z.union([
    z.strictObject({ ...around, And: z.array(conditionSchema).min(1) }),
    z.strictObject({ ...around, Or: z.array(conditionSchema).min(1) }),
    z.strictObject({ ...around, Not: conditionSchema }),
    variableSchema,
  ]),
);

/** One rule of a Choice state: a condition, and where it leads. */
export const choiceRuleSchema = z.intersection(conditionSchema, z.looseObject({ Next: z.string() }));

function isKnown(operator: string): boolean {
  return operator in questions || operator === 'StringMatches' || operator.replace(/Path$/, '') in comparisons;
}

/** Whether the condition holds for the state's input. A variable that is not there fails the execution, as on AWS, unless `IsPresent` asks. */
export function holds(condition: Condition, data: Json): boolean {
  if ('And' in condition && Array.isArray(condition.And)) return condition.And.every((part) => holds(part, data));
  if ('Or' in condition && Array.isArray(condition.Or)) return condition.Or.some((part) => holds(part, data));
  if ('Not' in condition && condition.Not) return !holds(condition.Not as Condition, data);
  return isTrue(condition as { readonly Variable: string }, data);
}

function isTrue({ Variable, ...rest }: { readonly Variable: string; readonly [operator: string]: Json }, data: Json): boolean {
  const [operator = '', operand] = Object.entries(rest).find(([name]) => isKnown(name)) ?? [];
  if (operator === 'IsPresent') return (find(data, Variable) !== undefined) === operand;
  const value = get(data, Variable);
  const question = questions[operator];
  if (question) return question(value) === operand;
  if (operator === 'StringMatches') return matches(value, operand);
  const compared = operator.endsWith('Path') ? get(data, String(operand)) : operand;
  return comparisons[operator.replace(/Path$/, '')]?.(value, compared) ?? false;
}
