import { Token } from 'aws-cdk-lib';
import type * as z from 'zod';

/** A policy that must not be deployed; fails `cdk synth` with the policy, the path, the value and what is allowed. */
export class PolicyError extends Error {
  constructor(policy: string, problems: readonly string[]) {
    super(`policy ${policy} is not valid:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'PolicyError';
  }
}

/**
 * Checks a value against its schema at synth. Values that are known only at deployment (CDK tokens) are not judged.
 *
 * @throws PolicyError naming every problem with its path, its value and what is allowed
 */
export function checked<Schema extends z.ZodType>(schema: Schema, value: unknown, policy: string, path: string): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.filter((issue) => !Token.isUnresolved(at(value, issue.path)));
  if (issues.length === 0) return value as z.output<Schema>;
  throw new PolicyError(
    policy,
    issues.map((issue) => `${[path, ...issue.path].join('.')}: ${shown(at(value, issue.path))} is not allowed: ${issue.message}`),
  );
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((part, key) => (typeof part === 'object' && part !== null ? Reflect.get(part, key) : undefined), value);
}

function shown(value: unknown): string {
  return value === undefined ? '(nothing)' : (JSON.stringify(value)?.slice(0, 120) ?? String(value));
}
