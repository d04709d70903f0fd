import type { Fault } from './fault.ts';

const CLAIMS = 'lambdas/adapters/dynamodb/claims.ts';
const MOVE = 'lambdas/adapters/dynamodb/claim-move.ts';
const STORE = 'lambdas/adapters/dynamodb/incident-store.ts';
const APPROVALS = 'lambdas/adapters/dynamodb/approvals.ts';
const STORMS = 'lambdas/adapters/dynamodb/storms.ts';
const BATCH = 'lambdas/adapters/dynamodb/batch-reads.ts';
const VERSIONED = 'lambdas/adapters/dynamodb/versioned-item.ts';

const claims = { by: 'contract', file: 'test/contract/claims.test.ts' } as const;
const store = { by: 'contract', file: 'test/contract/incident-store.test.ts' } as const;
const questions = { by: 'contract', file: 'test/contract/approvals.test.ts' } as const;
const held = { by: 'contract', file: 'test/contract/throttled-table.test.ts' } as const;
const storms = { by: 'contract', file: 'test/contract/storms.test.ts' } as const;

/** Each condition of the transactions is left out, or always holds. */
export const transactionFaults: readonly Fault[] = [
  {
    breaks: 'reads together: what was held back is asked for again',
    file: BATCH,
    find: 'left = answer.UnprocessedKeys?.[TableName]?.Keys ?? [];',
    replace: 'left = [];',
    noticed: held,
  },
  {
    breaks: 'reads together: each is consistent',
    file: BATCH,
    find: '{ Keys: left, ConsistentRead: true }',
    replace: '{ Keys: left, ConsistentRead: false }',
    noticed: held,
  },
  {
    breaks: 'transaction, claim: the lease is free, lapsed or its own',
    file: CLAIMS,
    find: "ConditionExpression: 'attribute_not_exists(pk) OR #incident = :incident OR #expiresAt <= :now'",
    replace: "ConditionExpression: 'attribute_not_exists(pk) OR #incident = :incident OR #expiresAt <= :now OR attribute_exists(pk)'",
    noticed: claims,
  },
  {
    breaks: 'transaction, claim: the container is not being changed',
    file: CLAIMS,
    find: 'FREE} OR changes = :no`',
    replace: 'FREE} OR changes = :no OR attribute_exists(pk)`',
    noticed: claims,
  },
  {
    breaks: 'transaction, claim: no member is being changed',
    file: CLAIMS,
    find: "if (members && slotsOfOthers(members.value, id, now).length > 0) return { kind: 'lost', to: 'members' };",
    replace: '',
    noticed: claims,
  },
  {
    breaks: 'transaction, claim: the incident has not ended',
    file: CLAIMS,
    find: "parts.push({ write: notEnded(request.incident.id), lost: 'ended' });",
    replace: 'parts.push();',
    noticed: claims,
  },
  {
    breaks: 'transaction, claim: the incident has not ended, of a rung that only waits',
    file: CLAIMS,
    find: 'if (!request.change || request.change.act)',
    replace: 'if (request.change?.act)',
    noticed: claims,
  },
  {
    breaks: 'transaction, renew: the incident has not ended',
    file: CLAIMS,
    find: '[...claimMove({ incident: id, target, lease }, until, now), notEnded(id)]',
    replace: 'claimMove({ incident: id, target, lease }, until, now)',
    noticed: claims,
  },
  {
    breaks: 'transaction, question: the incident has not ended',
    file: APPROVALS,
    find: "[{ kind: 'put', item, condition: IS_NEW }, open]",
    replace: "[{ kind: 'put', item, condition: IS_NEW }]",
    noticed: questions,
  },
  {
    breaks: 'transaction, claim: every group has room',
    file: CLAIMS,
    find: "if ('full' in taken) return { kind: 'lost', to: taken.full === 'floor' ? 'floor' : 'slot', group };",
    replace: "if ('full' in taken) continue;",
    noticed: claims,
  },
  {
    breaks: 'transaction, claim: the budget has room',
    file: CLAIMS,
    find: "if (!spent) return { kind: 'lost', to: 'budget' };",
    replace: 'if (!spent) return [];',
    noticed: claims,
  },
  {
    breaks: 'transaction, claim: the breaker lets it pass',
    file: CLAIMS,
    find: "if (!trial) return { kind: 'lost', to: 'trial' };",
    replace: 'if (!trial) return parts;',
    noticed: claims,
  },
  {
    breaks: 'transaction, slots, budget and breaker are as they were read',
    file: VERSIONED,
    find: "ConditionExpression: 'attribute_not_exists(pk) OR version = :version'",
    replace: "ConditionExpression: 'attribute_not_exists(pk) OR version >= :version'",
    noticed: claims,
  },
  {
    breaks: 'transaction, release: the lease is its own',
    file: CLAIMS,
    find: 'const own = lease?.incident === incident.id ? lease : undefined;',
    replace: 'const own = lease;',
    noticed: claims,
  },
  {
    breaks: 'transaction, release: the lease is as it is known',
    file: MOVE,
    find: "ConditionExpression: 'incident = :incident AND expiresAt = :until'",
    replace: "ConditionExpression: '(incident = :incident AND expiresAt = :until) OR attribute_exists(pk)'",
    noticed: claims,
  },
  {
    breaks: 'transaction, renew and record: the lease is its own and in force',
    file: MOVE,
    find: "ConditionExpression: 'incident = :incident AND #expiresAt > :now'",
    replace: "ConditionExpression: 'incident = :incident OR #expiresAt > :now'",
    noticed: store,
  },
  {
    breaks: 'transaction, renew and record: the slot is its own',
    file: MOVE,
    find: 'ConditionExpression: `attribute_exists(#value.#',
    replace: 'ConditionExpression: `attribute_exists(#value) OR attribute_exists(#value.#',
    noticed: claims,
  },
  {
    breaks: 'transaction, record: the attempt is new',
    file: STORE,
    find: "ConditionExpression: 'attribute_not_exists(pk) OR #attempt.#result = :notTaken'",
    replace: "ConditionExpression: 'attribute_not_exists(nothing) OR #attempt.#result = :notTaken'",
    noticed: store,
  },
  {
    breaks: 'transaction, result: the attempt is not judged yet',
    file: STORE,
    find: "ConditionExpression: 'attribute_not_exists(#attempt.#result)'",
    replace: "ConditionExpression: 'attribute_not_exists(#attempt.#result) OR attribute_exists(#attempt.#result)'",
    noticed: store,
  },
  {
    breaks: 'transaction, not taken: what is paid for again is not freed',
    file: STORE,
    find: "OR #attempt.#result <> :notTaken)'",
    replace: "OR #attempt.#result <> :notTaken OR #attempt.#result = :notTaken)'",
    noticed: claims,
  },
  {
    breaks: 'transaction, record: the incident has not ended',
    file: STORE,
    find: 'notEnded(attempt.incident),',
    replace: '',
    noticed: store,
  },
  {
    breaks: 'transaction, give back: it is new',
    file: STORE,
    find: 'item: { ...giveBackKey(giveBack.incident, giveBack.rung), giveBack, ttl: timeToLive(now) },\n          condition: IS_NEW,',
    replace: 'item: { ...giveBackKey(giveBack.incident, giveBack.rung), giveBack, ttl: timeToLive(now) },',
    noticed: store,
  },
  {
    breaks: 'transaction, storm: it is as it was read',
    file: STORMS,
    find: "ConditionExpression: 'storm.version = :version'",
    replace: "ConditionExpression: 'storm.version >= :version OR storm.version <= :version'",
    noticed: storms,
  },
];
