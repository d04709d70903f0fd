import type * as z from 'zod';
import type { Fields } from './fields.ts';

/**
 * Checks data that another version of the pipeline may have written: fields that this version does not know are left
 * out, and everything else must be as the schema says. So the schemas can stay strict, and a misspelled property is
 * refused at synth, while a workflow that is under way survives a deployment. Of several forms the one is meant in which
 * nothing is wrong but that there is more of it; two such forms leave it open, and it is refused.
 */
export function readTolerantly<Schema extends z.ZodType>(schema: Schema, value: unknown): z.ZodSafeParseResult<z.output<Schema>> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed;
  const known = parsed.error.issues.reduce(
    (rest, issue) => (issue.code === 'unrecognized_keys' ? without(rest, issue.path, issue.keys) : rest),
    value,
  );
  return schema.safeParse(known);
}

/** A copy without the keys of the object at the path, which is there since the schema found them in it. */
function without(value: unknown, [step, ...rest]: readonly PropertyKey[], keys: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((each, index) => (index === step ? without(each, rest, keys) : each));
  const fields = value as Fields;
  if (step === undefined) return Object.fromEntries(Object.entries(fields).filter(([key]) => !keys.includes(key)));
  return { ...fields, [step]: without(fields[String(step)], rest, keys) };
}
