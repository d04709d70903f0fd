import { Duration, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type * as z from 'zod';

/** A policy that must not be deployed; fails `cdk synth` with the policy, the path, the value and what is allowed. */
export class PolicyError extends Error {
  constructor(policy: string, problems: readonly string[]) {
    super(`policy ${policy} is not valid:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'PolicyError';
  }
}

/**
 * Checks a value against its schema at synth. Values that are known only at deployment (CDK tokens) or that the CDK has yet to look up are
 * not judged; the schema's defaults are there beside them all the same.
 *
 * @throws PolicyError naming every problem with its path, its value and what is allowed
 */
export function checked<Schema extends z.ZodType>(schema: Schema, value: unknown, policy: string, path: string): z.output<Schema> {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.filter((issue) => !isKnownLater(at(value, issue.path)));
  if (issues.length === 0) return asFarAsParsed(schema, value);
  throw new PolicyError(
    policy,
    issues.map((issue) => {
      // An entry of a list that was given as one text is known to the issue alone.
      const [place, given] = [[path, ...issue.path], at(value, issue.path) ?? issue.input];
      return isLateList([given])
        ? `${place.slice(0, -1).join('.')}: a list that is known only at deployment is not allowed: name its entries`
        : `${place.join('.')}: ${shown(given)} is not allowed: ${issue.message}`;
    }),
  );
}

/** What `StringParameter.valueFromLookup` gives until the CDK has asked for the parameter; then it synthesizes again, with the value. */
const NOT_LOOKED_UP = 'dummy-value-for-';

const isKnownLater = (value: unknown): boolean =>
  Token.isUnresolved(value) || (typeof value === 'string' && value.startsWith(NOT_LOOKED_UP));

/** The CDK puts a text that stands for all entries into a list that is known only at deployment. */
const isLateList = (value: readonly unknown[]): boolean => !Token.isUnresolved(value[0]) && Token.isUnresolved(value);

/** What the schema made of a value in which only tokens did not please it. */
function asFarAsParsed<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const payload = schema._zod.run({ value, issues: [] }, { async: false });
  if (payload instanceof Promise) throw new TypeError('a schema of a policy must not be asynchronous');
  return payload.value as z.output<Schema>;
}

/**
 * Refuses numbers and durations that are known only at deployment: they are reckoned with and written into texts at synth, where such a
 * number is a placeholder with a value of its own. What is in a construct or another object of a class is that object's own affair.
 *
 * @throws PolicyError naming the path of each
 */
export function refuseLateNumbers(value: unknown, policy: string, path?: string): void {
  const late = lateNumbers(value, path);
  if (late.length > 0)
    throw new PolicyError(
      policy,
      late.map((where) => `${where}: a number that is known only at deployment is not allowed: give the number itself`),
    );
}

function lateNumbers(value: unknown, path: string | undefined): readonly string[] {
  if (typeof value === 'number' || value instanceof Duration) return isLate(value) ? [path ?? ''] : [];
  if (typeof value !== 'object' || value === null) return [];
  if (!Array.isArray(value) && ![Object.prototype, null].includes(Object.getPrototypeOf(value))) return [];
  return Object.entries(value).flatMap(([key, part]) => lateNumbers(part, path === undefined ? key : `${path}.${key}`));
}

const isLate = (value: number | Duration): boolean => (value instanceof Duration ? value.isUnresolved() : Token.isUnresolved(value));

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((part, key) => (typeof part === 'object' && part !== null ? Reflect.get(part, key) : undefined), value);
}

/** A value as whoever gave it knows it again: what JSON has no words for is said in those of its own. */
export function shown(value: unknown): string {
  if (value === undefined) return '(nothing)';
  const own = (part: unknown) => (part instanceof Duration ? part.toHumanString() : String(part));
  const hasOwnWords = (part: unknown) => part instanceof Duration || typeof part === 'bigint' || Number.isNaN(part) || isInfinite(part);
  if (hasOwnWords(value)) return own(value);
  return JSON.stringify(value, (_, part: unknown) => (hasOwnWords(part) ? own(part) : part))?.slice(0, 120) ?? String(value);
}

const isInfinite = (value: unknown): boolean => typeof value === 'number' && Math.abs(value) === Number.POSITIVE_INFINITY;

/** @throws PolicyError for what is no object, such as the name of what is wanted, or `true` */
export function refuseNoObject(value: unknown, policy: string, path: string): void {
  if (typeof value !== 'object' || value === null)
    throw new PolicyError(policy, [`${path}: ${shown(value)} is not allowed: must be an object`]);
}

/** @throws PolicyError for what is neither `true` nor `false`: the text 'false' would switch on what it is to switch off */
export function refuseNoSwitch(value: unknown, policy: string, path: string): void {
  if (value !== undefined && typeof value !== 'boolean')
    throw new PolicyError(policy, [`${path}: ${shown(value)} is not allowed: must be true or false`]);
}

/** A class whose objects its own methods make. */
interface Made {
  readonly name: string;
  [Symbol.hasInstance](value: unknown): boolean;
}

/**
 * Refuses what is of another kind. The compiler does so in TypeScript; in JavaScript, or behind `any`, nobody else does.
 *
 * @throws PolicyError with what is allowed
 */
export function refuseOther(value: unknown, kind: Made, policy: string, path: string): void {
  if (!(value instanceof kind))
    throw new PolicyError(policy, [`${path}: ${shown(value)} is not allowed: must be made by a method of ${kind.name}`]);
}

/** The same of constructs, which the CDK knows by a mark of their own. */
export function refuseNoConstruct(value: unknown, policy: string, path: string): void {
  if (!Construct.isConstruct(value)) throw new PolicyError(policy, [`${path}: ${shown(value)} is not allowed: must be a construct`]);
}
