import { StatesError } from './states-error.ts';

type Json = unknown;

const STEP = /^(?:\.([A-Za-z_][\w-]*)|\['([^']*)'\]|\[(\d+)\])/;

/** The names and indices of a reference path such as `$.next.at` or `$.list[0]['a name']`. */
function stepsOf(path: string): readonly (string | number)[] {
  const steps: (string | number)[] = [];
  let rest = path.slice(1);
  while (rest !== '') {
    const [whole = '', name, quoted, index] = STEP.exec(rest) ?? [];
    if (!path.startsWith('$') || whole === '') throw new Error(`the path ${path} cannot be interpreted`);
    steps.push(index === undefined ? (name ?? quoted ?? '') : Number(index));
    rest = rest.slice(whole.length);
  }
  return steps;
}

/** The value at a path, or undefined where there is none; JSON's null is a value. */
export function find(data: Json, path: string): Json {
  return stepsOf(path).reduce<Json>(
    (value, step) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, step) ? (value as Record<string, Json>)[step] : undefined,
    data,
  );
}

/** @throws StatesError as Step Functions fails an execution whose path leads nowhere */
export function get(data: Json, path: string): Json {
  const value = find(data, path);
  if (value === undefined) throw new StatesError('States.Runtime', `the path ${path} could not be found in the state's input`);
  return value;
}

/** The data with a result put at a `ResultPath`: in its place for `$`, left out for null. */
export function put(data: Json, path: string | null, result: Json): Json {
  if (path === null) return data;
  return putAt(data, stepsOf(path), result);
}

function putAt(data: Json, [step, ...rest]: readonly (string | number)[], result: Json): Json {
  if (step === undefined) return result;
  if (typeof step === 'number') throw new StatesError('States.ResultPathMatchFailure', 'a ResultPath names an index');
  if (data !== undefined && (typeof data !== 'object' || data === null || Array.isArray(data)))
    throw new StatesError('States.ResultPathMatchFailure', `the ResultPath cannot be applied at ${step}`);
  const object = (data ?? {}) as Record<string, Json>;
  return { ...object, [step]: putAt(object[step], rest, result) };
}

/**
 * Fills a payload template (`Parameters`, `ResultSelector`): a name that ends in `.$` takes its value from a path, `$$.`
 * from the context object.
 *
 * @throws for intrinsic functions, which this interpreter does not know
 */
export function fill(template: Json, data: Json, context: Json): Json {
  if (Array.isArray(template)) return template.map((item) => fill(item, data, context));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).map(([name, value]) =>
      name.endsWith('.$') ? [name.slice(0, -2), pick(String(value), data, context)] : [name, fill(value, data, context)],
    ),
  );
}

function pick(path: string, data: Json, context: Json): Json {
  if (!path.startsWith('$')) throw new Error(`the intrinsic function ${path} cannot be interpreted`);
  return path.startsWith('$$') ? get(context, path.slice(1)) : get(data, path);
}
