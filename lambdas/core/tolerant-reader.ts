import type * as z from 'zod';

/** Nested objects whose surplus fields show only after those around them are gone. */
const MOST_PASSES = 20;

type Issue = z.core.$ZodIssue;

interface Surplus {
  readonly path: readonly PropertyKey[];
  readonly keys: readonly string[];
}

/**
 * Checks data that another version of the pipeline may have written: fields that this version does not know are left
 * out, and everything else must be as the schema says. So the schemas can stay strict, and a misspelled property is
 * refused at synth, while a workflow that is under way survives a deployment.
 */
export function readTolerantly<Schema extends z.ZodType>(schema: Schema, value: unknown): z.ZodSafeParseResult<z.output<Schema>> {
  let parsed = schema.safeParse(value);
  let known = value;
  for (let pass = 0; !parsed.success && pass < MOST_PASSES; pass += 1) {
    const surplus = surplusIn(parsed.error.issues);
    if (surplus.length === 0) return parsed;
    known = surplus.reduce((rest, { path, keys }) => without(rest, path, keys), known);
    parsed = schema.safeParse(known);
  }
  return parsed;
}

function surplusIn(issues: readonly Issue[], within: readonly PropertyKey[] = []): readonly Surplus[] {
  return issues.flatMap((issue) => {
    const path = [...within, ...issue.path];
    if (issue.code === 'unrecognized_keys') return [{ path, keys: issue.keys }];
    if (issue.code !== 'invalid_union') return [];
    // Of several forms the one is meant in which nothing is wrong but that there is more of it; two such forms leave it open.
    const forms = issue.errors.map((errors) => ({ errors, surplus: surplusIn(errors, path) }));
    const meant = forms.filter(({ errors, surplus }) => surplus.length === errors.length);
    return meant.length === 1 ? (meant[0]?.surplus ?? []) : [];
  });
}

/** A copy without the keys of the object at the path. */
function without(value: unknown, [step, ...rest]: readonly PropertyKey[], keys: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (step === undefined) return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
  if (Array.isArray(value)) return value.map((each, index) => (index === step ? without(each, rest, keys) : each));
  return { ...value, [step]: without((value as Record<PropertyKey, unknown>)[step], rest, keys) };
}
