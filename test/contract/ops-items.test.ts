import { SSMClient } from '@aws-sdk/client-ssm';
import { createOpsItems, type OpsItems } from '@self-healing/local-aws/services/ops-items.ts';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { anAttempt, anIncident, aPolicy, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { someOrigin } from '@self-healing/simulation/doubles/fake-ports.ts';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { opsItems } from '../../lambdas/adapters/ssm/ops-items.ts';
import { endNotice } from '../../lambdas/core/notice/end.ts';
import { noticeEvent } from '../../lambdas/core/notice/event.ts';
import type { End } from '../../lambdas/core/reasons.ts';
import { keepOpsItem } from '../../lambdas/steps/keep-ops-item.ts';

const items: OpsItems = new Map();
let aws: SharedAws;
beforeAll(async () => {
  aws = await openSharedAws([createOpsItems(items)]);
});
afterAll(() => aws.close());
beforeEach(() => items.clear());

const ended = (id: string, end: End, at = NOW) => {
  const incident = { ...anIncident(), id };
  return noticeEvent(endNotice(someOrigin, { incident, policy: aPolicy(), attempts: [anAttempt()], end }, at));
};
const handedOff: End = { outcome: 'handed-off', reason: 'ladder-exhausted', why: 'zażółć: 1 of 1 remedies was tried' };
const recovered: End = { outcome: 'recovered', reason: 'healed', why: '' };
const keep = (event: unknown) => keepOpsItem(event, opsItems(new SSMClient(aws.client)), someOrigin);
const statuses = () => [...items.values()].map(({ Status }) => Status);

it('a hand-off opens an OpsItem, a second one brings it up to date, and the next recovery there resolves it', async () => {
  await keep(ended('a'.repeat(64), handedOff));
  await keep(ended('b'.repeat(64), handedOff, NOW + MINUTE));
  expect(statuses()).toEqual(['Open']);
  await keep(ended('c'.repeat(64), recovered, NOW + 2 * MINUTE));
  expect(statuses()).toEqual(['Resolved']);
  await keep(ended('d'.repeat(64), handedOff, NOW + 3 * MINUTE));
  expect(statuses()).toEqual(['Resolved', 'Open']);
});

it('one that a person has in hand is resolved, and one that a person has resolved is left alone', async () => {
  await keep(ended('a'.repeat(64), handedOff));
  const [[id, item] = []] = items;
  if (id === undefined || item === undefined) throw new Error('nothing was opened');
  items.set(id, { ...item, Status: 'InProgress' });
  await keep(ended('b'.repeat(64), recovered, NOW + MINUTE));
  expect(statuses()).toEqual(['Resolved']);
  const before = aws.count('UpdateOpsItem');
  await keep(ended('c'.repeat(64), recovered, NOW + 2 * MINUTE));
  expect(aws.count('UpdateOpsItem')).toBe(before);
});
