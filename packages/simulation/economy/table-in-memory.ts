import type { IncidentTable, Key, Write } from '../../../lambdas/adapters/dynamodb/incident-table.ts';
import type { ReadItems } from '../../../lambdas/adapters/dynamodb/reads-together.ts';
import { isFulfilled } from './condition.ts';

/** One request to DynamoDB, as it is billed. */
export interface TableRequest {
  /** As `dynamodb:GetItem`. */
  readonly request: string;
  /** Each part of a transaction is one, and a query or a batch of reads as a whole. */
  readonly operations: number;
  /** What it names: for each item its partition and sort key, for a query the range. */
  readonly names: readonly string[];
  readonly readUnits: number;
  readonly writeUnits: number;
}

type Item = Key & Readonly<Record<string, unknown>>;

const READ_UNIT_BYTES = 4_096;
const WRITE_UNIT_BYTES = 1_024;

/** The items of the incident table, by partition and sort key. */
export class ItemsInMemory {
  readonly #partitions = new Map<string, Map<string, Item>>();

  get({ pk, sk }: Key): Item | undefined {
    return this.#partitions.get(pk)?.get(sk);
  }

  between(pk: string, from: string, to: string): readonly Item[] {
    return [...(this.#partitions.get(pk)?.values() ?? [])]
      .filter(({ sk }) => sk >= from && sk <= to)
      .toSorted((left, right) => (left.sk < right.sk ? -1 : 1));
  }

  put(item: Item): void {
    const partition = this.#partitions.get(item.pk) ?? new Map<string, Item>();
    // As text, which leaves out what is undefined, and keeps nobody's object.
    this.#partitions.set(item.pk, partition.set(item.sk, JSON.parse(JSON.stringify(item))));
  }

  delete({ pk, sk }: Key): void {
    this.#partitions.get(pk)?.delete(sk);
  }
}

/**
 * The incident table in memory, under the pipeline's own adapters: conditions are judged as DynamoDB does, and each request is told with what
 * it is billed for. `pass` lets time pass before a request is carried out.
 */
export function tableInMemory(
  items: ItemsInMemory,
  tell: (request: TableRequest) => void,
  pass: () => Promise<void>,
): IncidentTable & { readonly getAll: ReadItems } {
  const read = (request: string, name: string, found: readonly Item[]) =>
    tell({ request, operations: 1, names: [name], readUnits: Math.max(1, Math.ceil(bytesOf(found) / READ_UNIT_BYTES)), writeUnits: 0 });
  const written = (request: string, writes: readonly Write[], each: number) =>
    tell({
      request,
      operations: writes.length,
      names: writes.map((write) => `${write.kind} ${nameOf(keyOf(write))}`),
      readUnits: 0,
      writeUnits: each * sum(writes.map((write) => unitsOf(items, write))),
    });
  return {
    async get<T>(key: Key) {
      await pass();
      const found = items.get(key);
      read('dynamodb:GetItem', nameOf(key), found ? [found] : []);
      return copyOf(found) as T | undefined;
    },

    async getAll<T>(keys: readonly Key[]) {
      await pass();
      const found = keys.map((key) => items.get(key));
      const bytes = (item: Item | undefined) => Math.max(1, Math.ceil(bytesOf(item ? [item] : []) / READ_UNIT_BYTES));
      tell({
        request: 'dynamodb:BatchGetItem',
        operations: 1,
        names: keys.map(nameOf),
        readUnits: sum(found.map(bytes)),
        writeUnits: 0,
      });
      return copyOf(found) as (T | undefined)[];
    },

    async between<T>(pk: string, from: string, to: string) {
      await pass();
      const found = items.between(pk, from, to);
      read('dynamodb:Query', `${pk}: ${from} to ${to}`, found);
      return copyOf(found) as T[];
    },

    async last<T>(pk: string, from: string, to: string, most: number) {
      await pass();
      const found = items.between(pk, from, to).toReversed().slice(0, most);
      read('dynamodb:Query', `${pk}: ${from} to ${to}`, found);
      return copyOf(found) as T[];
    },

    async putNew(item) {
      await pass();
      const write = { kind: 'put', item, condition: { ConditionExpression: 'attribute_not_exists(pk)' } } as const;
      written('dynamodb:PutItem', [write], 1);
      if (isRefused(items, write)) return false;
      carryOut(items, write);
      return true;
    },

    async set(key, values) {
      await pass();
      const write = { kind: 'set', key, values } as const;
      carryOut(items, write);
      written('dynamodb:UpdateItem', [write], 1);
    },

    async transact(writes) {
      await pass();
      const refused = writes.map((write) => isRefused(items, write));
      if (!refused.includes(true)) for (const write of writes) carryOut(items, write);
      written('dynamodb:TransactWriteItems', writes, 2);
      return refused.includes(true) ? refused : undefined;
    },
  };
}

function nameOf({ pk, sk }: Key): string {
  return `${pk}: ${sk}`;
}

function isRefused(items: ItemsInMemory, write: Write): boolean {
  return write.condition !== undefined && !isFulfilled(write.condition, items.get(keyOf(write)));
}

function keyOf(write: Write): Key {
  return write.kind === 'put' ? write.item : write.key;
}

function carryOut(items: ItemsInMemory, write: Write): void {
  if (write.kind === 'put') items.put(write.item);
  if (write.kind === 'delete') items.delete(write.key);
  if (write.kind === 'set') items.put(updated(items.get(write.key) ?? { ...write.key }, write));
}

function updated(item: Item, { values, counted = [], removed = [] }: Extract<Write, { kind: 'set' }>): Item {
  const made = copyOf(item) as Record<string, unknown>;
  const placeOf = (path: string) => {
    const names = path.split('.');
    const last = names.pop() ?? '';
    const parent = names.reduce((at, name) => at?.[name] as Record<string, unknown>, made);
    if (!parent) throw new Error(`ValidationException: ${path} is in nothing that is there`);
    return { parent, last };
  };
  for (const [path, value] of Object.entries(values)) {
    const { parent, last } = placeOf(path);
    parent[last] = value;
  }
  for (const path of removed) {
    const { parent, last } = placeOf(path);
    delete parent[last];
  }
  for (const name of counted) made[name] = Number(made[name] ?? 0) + 1;
  return made as Item;
}

/** A write is billed by the item, or what is left of it; one that only checks, too. */
function unitsOf(items: ItemsInMemory, write: Write): number {
  const item = write.kind === 'put' ? write.item : items.get(write.key);
  return Math.max(1, Math.ceil(bytesOf(item ? [item] : []) / WRITE_UNIT_BYTES));
}

function bytesOf(items: readonly Item[]): number {
  return sum(items.map((item) => JSON.stringify(item).length));
}

function copyOf(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
