import {
  type CancellationReason,
  DynamoDBClient,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { after, type Instant } from '../../core/duration.ts';
import { TryAgain } from '../../core/failure.ts';
import { HISTORY_KEPT } from '../../core/history-since.ts';
import { type Target, targetKey } from '../../core/target.ts';
import { burstClient, reading } from '../aws-call.ts';
import { type Key, setExpression, transactItem, type Values, type Write } from './write.ts';

/** Tries against another writer's transaction on the same items, or a partition that has its 1,000 writes of this second: about three seconds. */
export const CONFLICT_TRIES = 7;

export type { Condition, Key, Values, Write } from './write.ts';

/** The incident table's plain verbs; its items and their meaning are in the files that use it. */
export interface IncidentTable {
  get<T>(key: Key): Promise<T | undefined>;
  /** The items of a partition whose sort key lies between both, in order. */
  between<T>(pk: string, from: string, to: string): Promise<readonly T[]>;
  /** The last items of the same, at most so many, the last one first. */
  last<T>(pk: string, from: string, to: string, most: number): Promise<readonly T[]>;
  /** False when an item of that key is there already. */
  putNew(item: Key & Readonly<Record<string, unknown>>): Promise<boolean>;
  set(key: Key, values: Values): Promise<void>;
  /** Writes all or nothing. Answers undefined when written, else which of the writes a condition refused. */
  transact(writes: readonly Write[]): Promise<readonly boolean[] | undefined>;
}

/** DynamoDB deletes an item some time after this epoch second. */
export function timeToLive(from: Instant): number {
  return Math.floor(after(from, HISTORY_KEPT) / 1_000);
}

/** A short random pause, so that writers that collided do not collide again; each time up to twice as long, at most a second. */
export function jitter(collisions = 2): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * Math.min(1_000, 40 * 2 ** collisions)));
}

/** The incident table in DynamoDB. Reads are consistent: a claim that was just taken must be seen. */
export function incidentTable(TableName: string, client = new DynamoDBClient(burstClient)): IncidentTable {
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  return {
    async get<T>(Key: Key) {
      const answer = await reading('read the incident table', () =>
        documents.send(new GetCommand({ TableName, Key: { ...Key }, ConsistentRead: true })),
      );
      return answer.Item as T | undefined;
    },

    async between<T>(pk: string, from: string, to: string) {
      const found: T[] = [];
      let ExclusiveStartKey: Record<string, unknown> | undefined;
      do {
        const command = new QueryCommand({
          TableName,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
          ExpressionAttributeValues: { ':pk': pk, ':from': from, ':to': to },
          ExclusiveStartKey,
        });
        const page = await reading('query the incident table', () => documents.send(command));
        found.push(...((page.Items ?? []) as T[]));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
      return found;
    },

    async last<T>(pk: string, from: string, to: string, most: number) {
      const command = new QueryCommand({
        TableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':pk': pk, ':from': from, ':to': to },
        ScanIndexForward: false,
        Limit: most,
      });
      const page = await reading('query the incident table', () => documents.send(command));
      return (page.Items ?? []) as T[];
    },

    async putNew(Item) {
      try {
        const command = new PutCommand({ TableName, Item, ...IS_NEW });
        await pastConflicts(() => documents.send(command));
        return true;
      } catch (error) {
        if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
        return reading('write the incident table', () => Promise.reject(error));
      }
    },

    async set(Key, values) {
      const command = new UpdateCommand({ TableName, Key: { ...Key }, ...setExpression(values) });
      await reading('update the incident table', () => pastConflicts(() => documents.send(command)));
    },

    async transact(writes) {
      const command = new TransactWriteCommand({ TransactItems: writes.map((write) => transactItem(TableName, write)) });
      try {
        await pastConflicts(() => documents.send(command));
        return undefined;
      } catch (error) {
        const refused = refusals(error);
        if (refused.some(isConditionFailed)) return refused.map(isConditionFailed);
        if (isConflict(error)) throw new TryAgain('the incident table is contended', error);
        return reading('write the incident table', () => Promise.reject(error));
      }
    },
  };
}

/**
 * Makes a write again while another writer has one of its items, or a part of it was throttled.
 *
 * @throws the last such error after so many tries, and any other at once
 */
async function pastConflicts(write: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await write();
      return;
    } catch (error) {
      if (tries === CONFLICT_TRIES || !isConflict(error)) throw error;
    }
    await jitter(tries);
  }
}

function refusals(error: unknown): readonly CancellationReason[] {
  return error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
}

/** Whether the same write may go through a moment later. One that a condition refused may not, whatever else was in its way. */
function isConflict(error: unknown): boolean {
  if (error instanceof TransactionConflictException) return true;
  const refused = refusals(error);
  return refused.some(isPassing) && !refused.some(isConditionFailed);
}

/** The SDK repeats throttled calls, but not a transaction of which one part was throttled. */
function isPassing({ Code }: CancellationReason): boolean {
  return Code === 'TransactionConflict' || Code === 'ThrottlingError' || Code === 'ProvisionedThroughputExceeded';
}

function isConditionFailed({ Code }: CancellationReason): boolean {
  return Code === 'ConditionalCheckFailed';
}

/** Where the lease of a target is kept; an attempt is written only while this item names its incident. */
export function leaseKey(target: Target): Key {
  return leaseKeyOf(targetKey(target));
}

export function leaseKeyOf(target: string): Key {
  return { pk: `target#${target}`, sk: 'lease' };
}

/** Where a container keeps the places of its members that are being changed. */
export function membersKey(container: string): Key {
  return { pk: `target#${container}`, sk: 'members' };
}

export function slotsKey(group: string): Key {
  return { pk: `group#${group}`, sk: 'slots' };
}

/** Where the acts are kept that count against the budget. */
export const spendingKey: Key = { pk: 'pipeline', sk: 'spending' };

export function incidentKey(id: string): Key {
  return { pk: `incident#${id}`, sk: 'incident' };
}

/** Refused where there is an item already. */
export const IS_NEW = { ConditionExpression: 'attribute_not_exists(pk)' };

/** Refused once the incident has ended. One that was never written has not. */
export function notEnded(incident: string): Write {
  return { kind: 'check', key: incidentKey(incident), condition: { ConditionExpression: 'attribute_not_exists(closedAt)' } };
}
