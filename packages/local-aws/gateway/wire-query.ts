import type { Schema } from './model.ts';

type Node = string | { [key: string]: Node };

/**
 * Decodes a form body of the query protocols (`Filters.member.1.Name=x`, EC2's `Filter.1.Name=x`) into the parameters of the API.
 * Without a schema lists and structures are told apart by their keys and every leaf stays a string.
 */
export function decodeQuery(form: URLSearchParams, input: Schema | undefined): Record<string, unknown> {
  const tree = treeOf(form);
  const decoded = input === undefined ? guess(tree) : read(input, tree);
  return isRecord(decoded) ? decoded : {};
}

function treeOf(form: URLSearchParams): Node {
  const root: { [key: string]: Node } = Object.create(null);
  for (const [key, value] of form) {
    if (key === 'Action' || key === 'Version') continue;
    const path = key.split('.');
    const leaf = path.pop() ?? '';
    const parent = path.reduce<{ [key: string]: Node }>((node, step) => {
      const next = node[step];
      if (next !== undefined && typeof next === 'object') return next;
      const created: { [key: string]: Node } = Object.create(null);
      node[step] = created;
      return created;
    }, root);
    parent[leaf] = value;
  }
  return root;
}

function read(schema: Schema, node: Node): unknown {
  if (schema.isStructSchema()) return readStruct(schema, node);
  if (schema.isListSchema()) return elements(node).map((each) => read(schema.getValueSchema(), each));
  if (schema.isMapSchema()) return readMap(schema, node);
  return typeof node === 'string' ? readSimple(schema, node) : undefined;
}

function readStruct(schema: Schema, node: Node): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  if (typeof node === 'string') return found;
  for (const [name, member] of schema.structIterator()) {
    const value = namesOnTheWire(name, member)
      .map((each) => node[each])
      .find((each) => each !== undefined);
    if (value !== undefined) found[name] = read(member, value);
  }
  return found;
}

/** EC2 capitalizes names and has a name of its own for some; the plain query protocol uses the XML name or the member's. */
function namesOnTheWire(name: string, member: Schema): readonly string[] {
  const traits = member.getMergedTraits();
  const plain = String(traits.xmlName ?? name);
  const ec2 = traits.ec2QueryName;
  return [...(ec2 === undefined ? [] : [String(ec2)]), plain, plain.charAt(0).toUpperCase() + plain.slice(1), name];
}

function readMap(schema: Schema, node: Node): Record<string, unknown> {
  const keyName = String(schema.getKeySchema().getMergedTraits().xmlName ?? 'key');
  const valueName = String(schema.getValueSchema().getMergedTraits().xmlName ?? 'value');
  return Object.fromEntries(
    elements(node).flatMap((entry) => {
      if (typeof entry === 'string' || typeof entry[keyName] !== 'string') return [];
      return [[entry[keyName], read(schema.getValueSchema(), entry[valueName] ?? '')]];
    }),
  );
}

/** The elements of a list in order, whether numbered directly or below `member`, `entry` or a name of the list's own. */
function elements(node: Node): readonly Node[] {
  if (typeof node === 'string') return [];
  const numbered = Object.keys(node).filter((key) => /^\d+$/.test(key));
  if (numbered.length > 0) return numbered.sort((a, b) => Number(a) - Number(b)).flatMap((key) => node[key] ?? []);
  const only = Object.values(node)[0];
  return only === undefined ? [] : elements(only);
}

function readSimple(schema: Schema, text: string): unknown {
  if (schema.isBooleanSchema()) return text === 'true';
  if (schema.isNumericSchema()) return Number(text);
  if (schema.isTimestampSchema()) return new Date(text);
  if (schema.isBlobSchema()) return Buffer.from(text, 'base64');
  return text;
}

function guess(node: Node): unknown {
  if (typeof node === 'string') return node;
  const keys = Object.keys(node);
  const isList = keys.length > 0 && (keys.every((key) => /^\d+$/.test(key)) || (keys.length === 1 && keys[0] === 'member'));
  if (isList) return elements(node).map(guess);
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, guess(value)]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
