import type { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

export interface Condition {
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>>;
}

/** Attributes, or members of one map attribute, named by path: `end` or `attempt.result`. */
export type Values = Readonly<Record<string, unknown>>;

/** One part of a transaction; `TableName` is added. */
export type Write =
  | { readonly kind: 'put'; readonly item: Key & Readonly<Record<string, unknown>>; readonly condition?: Condition }
  | {
      readonly kind: 'set';
      readonly key: Key;
      readonly values: Values;
      /** Numbers that grow by one. */
      readonly counted?: readonly string[];
      /** Members of map attributes, by path, that are taken away. */
      readonly removed?: readonly string[];
      readonly condition?: Condition;
    }
  | { readonly kind: 'delete'; readonly key: Key; readonly condition?: Condition }
  | { readonly kind: 'check'; readonly key: Key; readonly condition: Condition };

type TransactItem = NonNullable<ConstructorParameters<typeof TransactWriteCommand>[0]['TransactItems']>[number];

/** A write as a part of a transaction. */
export function transactItem(TableName: string, write: Write): TransactItem {
  if (write.kind === 'put') return { Put: { TableName, Item: write.item, ...conditionOf(write.condition) } };
  if (write.kind === 'set') return { Update: { TableName, Key: { ...write.key }, ...updateOf(write) } };
  const part = { TableName, Key: { ...write.key }, ...conditionOf(write.condition) };
  return write.kind === 'delete' ? { Delete: part } : { ConditionCheck: part };
}

/** How an expression names an attribute: it takes no hyphen there. */
export function aliasOf(name: string): string {
  return `#${name.replaceAll('-', '_')}`;
}

function pathOf(path: readonly string[]): string {
  return path.map(aliasOf).join('.');
}

/** The expression of an update that sets the values, each by its path. */
export function setExpression(values: Values) {
  const paths = Object.keys(values).map((path) => path.split('.'));
  const names = [...new Set(paths.flat())];
  return {
    UpdateExpression: `SET ${paths.map((path, index) => `${pathOf(path)} = :v${index}`).join(', ')}`,
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [aliasOf(name), name])),
    ExpressionAttributeValues: Object.fromEntries(Object.values(values).map((value, index) => [`:v${index}`, value])),
  };
}

function updateOf({ values, counted = [], removed = [], condition }: Extract<Write, { kind: 'set' }>) {
  const set = setExpression(values);
  return {
    UpdateExpression: [
      ...(Object.keys(values).length > 0 ? [set.UpdateExpression] : []),
      ...(removed.length > 0 ? [`REMOVE ${removed.map((path) => pathOf(path.split('.'))).join(', ')}`] : []),
      ...(counted.length > 0 ? [`ADD ${counted.map((name) => `#${name} :one`).join(', ')}`] : []),
    ].join(' '),
    ...(condition && { ConditionExpression: condition.ConditionExpression }),
    ExpressionAttributeNames: {
      ...set.ExpressionAttributeNames,
      ...Object.fromEntries([...counted, ...removed.flatMap((path) => path.split('.'))].map((name) => [aliasOf(name), name])),
      ...condition?.ExpressionAttributeNames,
    },
    ExpressionAttributeValues: {
      ...set.ExpressionAttributeValues,
      ...(counted.length > 0 && { ':one': 1 }),
      ...condition?.ExpressionAttributeValues,
    },
  };
}

/** The SDK's types want mutable records and a condition that is always there. */
function conditionOf(condition: Condition | undefined): {
  ConditionExpression: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, unknown>;
} {
  return condition as { ConditionExpression: string };
}
