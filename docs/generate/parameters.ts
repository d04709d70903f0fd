import * as z from 'zod';
import { code, item } from './markdown.ts';

interface JsonSchema {
  readonly type?: string;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
}

/** One parameter, or key, in words of a schema. */
export interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly default?: unknown;
  readonly limits: readonly string[];
}

/** The parameters of an object's schema; of a union each of its forms. */
export function formsOf(schema: z.ZodType, io: 'input' | 'output' = 'input'): readonly (readonly Parameter[])[] {
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => formsOf(option as z.ZodType, io));
  if (!(schema instanceof z.ZodObject)) return [[]];
  const { properties = {}, required = [] } = jsonOf(schema, io);
  return [
    Object.entries(properties).map(([name, json]) => ({
      name,
      type: typeOf(json),
      required: required.includes(name),
      ...(json.default !== undefined && { default: json.default }),
      limits: limitsOf(json, schema.shape[name] as z.ZodType),
    })),
  ];
}

/** Bounds of numbers and lists; where there are none, what a refused value is told first. */
function limitsOf(json: JsonSchema, schema: z.ZodType): readonly string[] {
  const bounds = boundsOf(json);
  const messages = messagesOf(schema);
  if (bounds.length > 0) return bounds;
  return typeOf(json) === 'text' ? messages.slice(0, 1) : messages;
}

function jsonOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  return z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as JsonSchema;
}

const UNITS = ['seconds', 'minutes', 'hours', 'days'];

function isDuration({ anyOf = [] }: JsonSchema): boolean {
  return anyOf.length === UNITS.length && anyOf.every(({ properties = {} }, index) => Object.keys(properties).join() === UNITS[index]);
}

function typeOf(json: JsonSchema): string {
  if (isDuration(json)) return 'duration';
  if (json.const !== undefined) return code(String(json.const));
  if (json.enum) return json.enum.map((value) => code(String(value))).join(' or ');
  if (json.anyOf) return [...new Set(json.anyOf.map(typeOf))].join(' or ');
  if (json.type === 'array') return `list of ${json.items ? typeOf(json.items) : 'anything'}`;
  if (json.properties) return `object of ${Object.keys(json.properties).map(code).join(', ')}`;
  const words: Readonly<Record<string, string>> = {
    string: 'text',
    integer: 'whole number',
    number: 'number',
    boolean: 'yes or no',
    object: 'object',
  };
  return words[json.type ?? ''] ?? 'any value';
}

/** What is beyond these is no limit of ours but of numbers. */
const ANY_INTEGER = Number.MAX_SAFE_INTEGER;

function boundsOf(json: JsonSchema): string[] {
  if (isDuration(json)) return [];
  const [least, most] = [json.minimum, json.maximum].map((bound) =>
    bound !== undefined && Math.abs(bound) < ANY_INTEGER ? bound : undefined,
  );
  return [
    ...(json.exclusiveMinimum !== undefined ? [`above ${json.exclusiveMinimum}`] : []),
    ...(least !== undefined ? [`from ${number(least)}`] : []),
    ...(most !== undefined ? [`${least === undefined ? 'up to' : 'to'} ${number(most)}`] : []),
    ...((json.minItems ?? 0) > 0 || json.maxItems !== undefined
      ? [json.maxItems === undefined ? `at least ${json.minItems}` : `${json.minItems ?? 0} to ${json.maxItems} items`]
      : []),
    ...(json.maxLength !== undefined ? [`at most ${json.maxLength} characters`] : []),
  ];
}

function number(value: number): string {
  return value.toLocaleString('en');
}

/** The messages with which a value is refused, which say what it must be. */
function messagesOf(schema: z.ZodType): string[] {
  const definition = schema.def as unknown as {
    readonly innerType?: z.ZodType;
    readonly out?: z.ZodType;
    readonly checks?: readonly Check[];
  };
  const own = (definition.checks ?? []).flatMap(({ _zod: { def } }) => {
    const said: unknown = def.error?.({});
    return typeof said === 'string' ? [said.replace(/^must be (?=from|at|a|an|the|longer)/, '')] : [];
  });
  const below = [definition.innerType, definition.out].flatMap((inner) => (inner ? messagesOf(inner) : []));
  return [...below, ...own];
}

interface Check {
  readonly _zod: { readonly def: { readonly error?: (issue: object) => unknown } };
}

/** A duration in words, anything else as code. */
export function valueInWords(value: unknown): string {
  const [[unit = '', amount] = []] = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (UNITS.includes(unit)) return `${amount} ${amount === 1 ? unit.slice(0, -1) : unit}`;
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map((each) => code(String(each))).join(', ');
  if (typeof value === 'object') return code(JSON.stringify(value));
  return code(String(value));
}

/** A parameter as an item of a list, with the words of its comment. */
export function parameterItem({ name, type, required, default: standard, limits }: Parameter, words: string): string {
  const facts = [
    type,
    required ? 'required' : standard === undefined ? 'optional' : `default ${valueInWords(standard)}`,
    ...[...new Set(limits)].map((limit) => limit),
  ];
  return item(`${code(name)} (${joined(facts)})${words === '' ? '' : `: ${words}`}`);
}

/** Bounds that belong together are one fact: "from 1", "to 5". */
function joined(facts: readonly string[]): string {
  return facts
    .join(', ')
    .replaceAll(/(from [\d,]+), (to [\d,]+)/g, '$1 $2')
    .replaceAll(/(above [\d.]+), (up to [\d,]+)/g, '$1, $2');
}
