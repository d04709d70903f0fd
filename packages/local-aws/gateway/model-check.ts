import type { Schema, ServiceModel } from './model.ts';
import type { Enumerations } from './model-enumerations.ts';

/**
 * What the service's model says against a request's parameters or an answer: members that the shape does not have, required ones that
 * are missing, wrong types, values that the enumeration does not have. Each problem names its path.
 */
export function modelProblems(schema: Schema, value: unknown, { enumeration }: Pick<ServiceModel, 'enumeration'>): readonly string[] {
  return schema.isUnitSchema() ? [] : problemsOf(schema, value, schema.getName() ?? 'value', enumeration);
}

/** Where the number of required members stands in a structure's static schema; they come first among the members. */
const REQUIRED_COUNT = 6;

function problemsOf(schema: Schema, value: unknown, path: string, enumeration: Enumerations): readonly string[] {
  if (schema.isDocumentSchema()) return [];
  if (schema.isStructSchema()) return structureProblems(schema, value, path, enumeration);
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) return [`${path} is ${kindOf(value)}, not a list`];
    return value.flatMap((each, index) => problemsOf(schema.getValueSchema(), each, `${path}[${index}]`, enumeration));
  }
  if (schema.isMapSchema()) {
    if (!isRecord(value)) return [`${path} is ${kindOf(value)}, not a map`];
    return Object.entries(value).flatMap(([key, each]) => problemsOf(schema.getValueSchema(), each, `${path}.${key}`, enumeration));
  }
  const expected = simpleKindOf(schema);
  return expected.includes(kindOf(value)) ? [] : [`${path} is ${kindOf(value)}, not ${expected.join(' or ')}`];
}

function structureProblems(schema: Schema, value: unknown, path: string, enumeration: Enumerations): readonly string[] {
  if (!isRecord(value)) return [`${path} is ${kindOf(value)}, not a structure`];
  const members = new Map(schema.structIterator());
  const present = Object.entries(value).filter(([, each]) => each !== undefined);
  const required = [...members.keys()].slice(0, requiredCount(schema));
  return [
    ...required.filter((name) => value[name] === undefined).map((name) => `${path}.${name} is missing`),
    ...present.flatMap(([name, each]) => {
      const member = members.get(name);
      if (!member) return [`${path} has ${name}, which its shape does not have`];
      const values = enumeration(schema.getName() ?? '', name);
      return [
        ...problemsOf(member, each, `${path}.${name}`, enumeration),
        ...(values ? unknownValues(each, values, `${path}.${name}`) : []),
      ];
    }),
  ];
}

function requiredCount(schema: Schema): number {
  const shape: unknown = schema.getSchema();
  return Array.isArray(shape) ? Number(shape[REQUIRED_COUNT] ?? 0) : 0;
}

/** Of an enumeration, or of a list of its values. */
function unknownValues(value: unknown, values: readonly string[], path: string): readonly string[] {
  return [value]
    .flat()
    .filter((each) => typeof each === 'string' && !values.includes(each))
    .map((each) => `${path} is ${each}; there are ${values.join(', ')}`);
}

function simpleKindOf(schema: Schema): readonly string[] {
  if (schema.isStringSchema()) return ['a string'];
  if (schema.isBooleanSchema()) return ['a boolean'];
  if (schema.isTimestampSchema()) return ['a time'];
  if (schema.isBlobSchema()) return ['bytes', 'a string'];
  return ['a number'];
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'no time' : 'a time';
  if (value instanceof Uint8Array) return 'bytes';
  if (typeof value === 'number') return Number.isNaN(value) ? 'no number' : 'a number';
  if (typeof value === 'bigint') return 'a number';
  return typeof value === 'object' ? 'a structure' : `a ${typeof value}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date) && !(value instanceof Uint8Array);
}
