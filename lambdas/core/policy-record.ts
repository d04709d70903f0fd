import * as z from 'zod';
import { type Duration, type Instant, milliseconds } from './duration.ts';

/** Where a value stands in a policy: keys of objects and positions in lists. */
const pathSchema = z.array(z.union([z.string(), z.int()])).min(1);

/**
 * What CloudFormation wrote down of a policy that it deployed. A policy comes to intake inside of an event, by a rule that anybody may
 * have made who may make rules; only one that agrees with its record is acted on.
 */
export const policyRecordSchema = z.object({
  /** Of the canonical policy with `null` in the place of each of `values`. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  /** What is known only at deployment, by where it stands, so that the record covers all of the policy. */
  values: z.array(z.tuple([pathSchema, z.unknown()])),
});

export type PolicyRecord = z.infer<typeof policyRecordSchema>;

/** What the records say of a policy. */
export type PolicyStanding =
  /** `record` tells the record that it agrees with from every other one. */
  | { readonly kind: 'deployed'; readonly record: string }
  /** There is no policy of its name. */
  | { readonly kind: 'unknown' }
  /** The policy of its name is another one, or was until just now. */
  | { readonly kind: 'changed'; readonly recordedAt: Instant };

/** Where the record of a policy stands. */
export function policyRecordName(pipeline: string, policy: string): string {
  return `/self-healing/${pipeline}/policies/${policy}`;
}

/** Where it stands of a policy in a nested stack. Another name, so that a policy can move between stacks. */
export function spreadRecordName(pipeline: string, policy: string): string {
  return `/self-healing/${pipeline}/spread-policies/${policy}`;
}

/** Longer than CloudFormation takes from the record of a policy to its rule. */
const DEPLOYED_WITHIN: Duration = { minutes: 10 };

/** Whether the record is so young that its rule may still be the one before. */
export function isUnderWay(standing: PolicyStanding, now: Instant): boolean {
  return standing.kind === 'changed' && now - standing.recordedAt < milliseconds(DEPLOYED_WITHIN);
}

/** More levels than any policy has. What lies deeper could be deeper than a function can follow. */
const DEEPEST = 50;

/** The same text for values that are equal, whatever the order of their keys; undefined for one that is too deep. */
export function canonical(value: unknown, depth = 0): string | undefined {
  if (depth > DEEPEST) return undefined;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  if (Array.isArray(value))
    return enclosed(
      '[',
      value.map((each) => canonical(each, depth + 1)),
      ']',
    );
  const names = Object.keys(value).toSorted();
  const fields = names.map((name) => [name, own(value, name)]).filter(([, each]) => each !== undefined);
  const texts = fields.map(([name, each]) => {
    const text = canonical(each, depth + 1);
    return text && `${JSON.stringify(name)}:${text}`;
  });
  return enclosed('{', texts, '}');
}

function enclosed(open: string, texts: readonly (string | undefined)[], close: string): string | undefined {
  return texts.includes(undefined) ? undefined : `${open}${texts.join()}${close}`;
}

/** What the digest of a policy is made of: its canonical text, with `null` at each of the paths. */
export function digested(policy: unknown, paths: readonly PolicyRecord['values'][number][0][]): string | undefined {
  return canonical(paths.reduce((rest, path) => replaced(rest, path, null), policy));
}

/** Whether a policy, as it came, is the one that was deployed. */
export function agrees(policy: unknown, { digest, values }: PolicyRecord, digestOf: (text: string) => string): boolean {
  const text = digested(
    policy,
    values.map(([path]) => path),
  );
  if (text === undefined || digestOf(text) !== digest) return false;
  return values.every(([path, value]) => {
    const said = canonical(valueAt(policy, path));
    return said !== undefined && said === canonical(value);
  });
}

function own(value: unknown, key: string | number): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string | number, unknown>)[key]
    : undefined;
}

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce(own, value);
}

/** A copy in which another value stands at the path; a path that is not there is left out. */
function replaced(value: unknown, [key, ...rest]: readonly (string | number)[], instead: unknown): unknown {
  if (key === undefined) return instead;
  if (own(value, key) === undefined) return value;
  if (Array.isArray(value)) return value.map((each, index) => (index === key ? replaced(each, rest, instead) : each));
  return Object.fromEntries(
    Object.entries(value as object).map(([name, each]) => [name, name === key ? replaced(each, rest, instead) : each]),
  );
}
