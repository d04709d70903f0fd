import { beforeEach, describe, expect, it } from 'vitest';
import type { HistoryLine } from '../../../lambdas/core/history-line.ts';
import { composed } from '../../../lambdas/core/notice/compose.ts';
import { originOf } from '../../../lambdas/core/notice/origin.ts';
import { recordNotSent } from '../../../lambdas/steps/record-not-sent.ts';

const NOW = Date.parse('2026-11-29T08:47:13.152Z');
const origin = originOf('healing', 'arn:aws:sns:eu-central-1:123456789012:healing-notifications');
const notice = composed(
  origin,
  {
    ...{ id: 'incident-1/handed-off/1', thread: 'incident-1', headline: 'NEEDS YOU', stage: 'handed-off' },
    policy: { name: 'Web-memory', symptom: 'memory', mode: 'automatic' },
    incident: { id: 'incident-1', shortId: 'incident', openedAt: '2026-11-29T08:40:00.000Z' },
  },
  NOW - 60_000,
);

let lines: HistoryLine[];
let counted: number;
beforeEach(() => {
  lines = [];
  counted = 0;
});
const record = (...messages: unknown[]) =>
  recordNotSent(
    messages,
    {
      history: {
        write: async (line) => {
          lines.push(line);
        },
      },
      metrics: {
        notSent: () => {
          counted += 1;
        },
      },
    },
    NOW,
  );

const attributes = (given: Record<string, string>) =>
  Object.fromEntries(Object.entries(given).map(([name, stringValue]) => [name, { stringValue, dataType: 'String' }]));

describe('what could not be delivered', () => {
  it('by a rule is a line of the history that names the rule, the notice and what went wrong, and is counted', async () => {
    await record({
      body: JSON.stringify({ source: 'self-healing-notice.healing', detail: notice }),
      messageAttributes: attributes({
        RULE_ARN: 'arn:aws:events:eu-central-1:123456789012:rule/healing-notices/healing-to-oncall-open',
        ERROR_CODE: 'SDK_CLIENT_ERROR',
        ERROR_MESSAGE: '401 Unauthorized\nfor token=abcdefghijklmnop',
      }),
    });
    expect(counted).toBe(1);
    expect(lines).toMatchObject([
      {
        ...{ kind: 'not-sent', policy: 'Web-memory', incident: 'incident-1', stage: 'handed-off', way: 'healing-to-oncall-open' },
        text: expect.stringContaining('by healing-to-oncall-open: SDK_CLIENT_ERROR: 401 Unauthorized for token=[redacted]'),
        notice: 'incident-1/handed-off/1',
      },
    ]);
  });

  it('by a function names the function and its error', async () => {
    await record({
      body: JSON.stringify({
        requestContext: {
          functionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:healing-keep-ops-items:$LATEST',
          condition: 'RetriesExhausted',
        },
        requestPayload: { detail: notice },
        responsePayload: { errorMessage: 'open the OpsItem: AccessDeniedException' },
      }),
    });
    expect(lines).toMatchObject([
      {
        ...{ way: 'healing-keep-ops-items', incident: 'incident-1' },
        text: expect.stringContaining('open the OpsItem: AccessDeniedException: RetriesExhausted'),
      },
    ]);
  });

  it.each([
    ['no JSON', { body: 'x' }],
    ['nothing', undefined],
    ['another event', { body: '{"detail":{"id":1}}' }],
    ['a list', { body: '[]' }],
  ])('and is %s is told all the same', async (_, message) => {
    await record(message);
    expect(counted).toBe(1);
    expect(lines).toMatchObject([{ kind: 'not-sent', policy: '(all)', text: expect.stringContaining('a rule of the bus') }]);
  });

  it('stays in the queue while the history takes no lines', async () => {
    const refused = async () => Promise.reject(new Error('no'));
    await expect(recordNotSent([{}], { history: { write: refused }, metrics: { notSent: () => {} } }, NOW)).rejects.toThrow('no');
  });
});
