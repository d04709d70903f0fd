import * as z from 'zod';

/** How long texts and lists may be: of a value, its elements and its members. */
export interface Limits {
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly items?: Limits;
  readonly properties?: Readonly<Record<string, Limits>>;
}

/** The limits that a schema states. Read off the schema itself: what writes it as JSON Schema is as large as all that it would be read by. */
export function limitsOf(schema: z.core.$ZodType): Limits {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodReadonly) return limitsOf(schema.unwrap());
  if (schema instanceof z.ZodString) return limited('maxLength', longest(schema));
  if (schema instanceof z.ZodArray) return { ...limited('maxItems', longest(schema)), items: limitsOf(schema.element) };
  if (!(schema instanceof z.ZodObject)) return {};
  const members = Object.entries<z.core.$ZodType>(schema.shape);
  return { properties: Object.fromEntries(members.map(([name, member]) => [name, limitsOf(member)])) };
}

function limited(name: 'maxLength' | 'maxItems', most: number | undefined): Limits {
  return most === undefined ? {} : { [name]: most };
}

function longest({ def }: z.ZodString | z.ZodArray): number | undefined {
  const most = (def.checks ?? []).flatMap(({ _zod: { def } }) => (isMaxLength(def) ? def.maximum : []));
  return most.length === 0 ? undefined : Math.min(...most);
}

function isMaxLength(def: z.core.$ZodCheckDef): def is z.core.$ZodCheckMaxLengthDef {
  return def.check === 'max_length';
}
