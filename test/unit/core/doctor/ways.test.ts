import { describe, expect, it } from 'vitest';
import type { FoundPost, FoundWays } from '../../../../lambdas/core/doctor/readings.ts';
import { ways } from '../../../../lambdas/core/doctor/ways.ts';
import { foundBy, LINKS } from '../../../support/healthy-account.ts';

const QUEUE = 'arn:aws:sqs:eu-west-1:111122223333:SelfHealing-Undelivered';
const CHAT = 'arn:aws:sns:eu-west-1:111122223333:healing-chat';
const post: FoundPost = { name: 'healing-oncall-open', state: 'ACTIVE', connection: { name: 'healing-oncall', state: 'AUTHORIZED' } };
const aboutPost = { state: 'wrong', about: post.name };
const judged = (found: Partial<FoundWays>) => foundBy(ways, { ways: { posts: [], ...found } });

describe('the ways of notices', () => {
  it('beside mail are not missed where there are none', () => {
    const mailed = { state: 'ok', about: 'healing', says: 'notices go out by mail, and by no way that could be out of order' };
    expect(foundBy(ways, { ways: undefined })).toEqual([mailed]);
    expect(judged({})).toEqual([]);
  });

  it('are each told of where all are in order', () => {
    expect(foundBy(ways)).toEqual([
      { state: 'ok', about: post.name, says: 'the address is active, and its credentials are kept' },
      { state: 'ok', about: CHAT, says: '1 channels listen' },
      { state: 'ok', about: 'OpsItems', says: 'the function that opens them may do so' },
      { state: 'ok', about: 'SelfHealing-Undelivered', says: 'no notice waits to be written down as not sent' },
      { state: 'ok', about: 'link of Anna Night', says: 'the address is confirmed' },
    ]);
  });

  it.each<[Partial<FoundWays>, object]>([
    [
      { posts: [{ name: post.name }] },
      { ...aboutPost, says: 'the address is not there, so that nothing is posted', mend: 'npx cdk deploy' },
    ],
    [
      { posts: [{ name: post.name, state: 'ACTIVE' }] },
      { ...aboutPost, says: 'its connection is not there, so that nothing is posted', mend: 'npx cdk deploy' },
    ],
    [
      { posts: [{ ...post, connection: { name: 'healing-oncall', state: 'AUTHORIZING' } }] },
      {
        ...{ ...aboutPost, says: 'its connection is AUTHORIZING, so that nothing is posted' },
        mend: 'aws events describe-connection --name healing-oncall',
      },
    ],
    [
      { posts: [{ ...post, connection: { name: 'healing-oncall', state: 'DEAUTHORIZED', why: 'the token expired' } }] },
      {
        ...{ ...aboutPost, says: 'its connection is DEAUTHORIZED, so that nothing is posted: the token expired' },
        mend: 'aws events describe-connection --name healing-oncall',
      },
    ],
    [
      { posts: [{ ...post, state: 'INACTIVE' }] },
      {
        ...{ ...aboutPost, says: 'the address is INACTIVE, so that nothing is posted' },
        mend: 'aws events describe-api-destination --name healing-oncall-open',
      },
    ],
    [
      { chat: { topic: CHAT, confirmed: 0 } },
      {
        ...{ state: 'wrong', about: CHAT, says: 'no chat channel listens, so that nobody reads there' },
        mend: 'authorize the workspace in the console of Amazon Q Developer in chat applications, then npx cdk deploy',
      },
    ],
    [
      { opsItems: { role: 'keeper', denied: ['ssm:CreateOpsItem', 'ssm:UpdateOpsItem'] } },
      {
        ...{ state: 'wrong', about: 'OpsItems', mend: 'npx cdk deploy' },
        says: 'the role keeper of healing-keep-ops-items may not ssm:CreateOpsItem, ssm:UpdateOpsItem',
      },
    ],
    [
      { undelivered: { queue: QUEUE, waiting: 2 } },
      {
        ...{ state: 'wrong', about: 'SelfHealing-Undelivered', says: '2 notices did not reach a tool, and were not yet written down' },
        mend: 'aws sqs receive-message --queue-url "$(aws sqs get-queue-url --queue-name SelfHealing-Undelivered --query QueueUrl --output text)"',
      },
    ],
    [
      { holders: [{ name: 'Anna Night', subscriptions: [] }] },
      {
        ...{ state: 'wrong', about: 'link of Anna Night', mend: 'npx cdk deploy' },
        says: 'its topic has no subscription, so that no link arrives',
      },
    ],
    [
      {
        holders: [
          { name: 'Anna Night', subscriptions: [{ topic: LINKS, protocol: 'email', endpoint: 'anna@example.com', confirmed: false }] },
        ],
      },
      {
        ...{ state: 'wrong', about: 'link of Anna Night', says: 'anna@example.com did not confirm, so that no link arrives' },
        mend: expect.stringMatching(/^follow the link in the mail .* to anna@example\.com; it is valid for two days/),
      },
    ],
  ])('of which it is read %j are judged', (found, finding) => {
    expect(judged(found)).toEqual([finding]);
  });
});
