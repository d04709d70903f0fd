import { describe, expect, it } from 'vitest';
import { undelivered } from '../../../../lambdas/core/notice/undelivered.ts';

const EVENT = { id: 'incident-1/handed-off/1', stage: 'handed-off' };
const RULE = 'arn:aws:events:eu-central-1:123456789012:rule/healing-notices/healing-to-oncall-open';
const FUNCTION = 'arn:aws:lambda:eu-central-1:123456789012:function:healing-keep-ops-items';

const byRule = (attributes: Readonly<Record<string, unknown>> = {}) => ({
  body: JSON.stringify({ detail: EVENT }),
  messageAttributes: Object.fromEntries(Object.entries(attributes).map(([name, stringValue]) => [name, { stringValue }])),
});
const byFunction = (requestContext: object, responsePayload?: object) => ({
  body: JSON.stringify({ requestContext, requestPayload: { detail: EVENT }, responsePayload }),
});
const nameless = { way: 'a rule of the bus', why: 'nothing is known of why' };

describe('what was not delivered', () => {
  it.each<[string, unknown, object]>([
    [
      'by a rule, with what EventBridge says',
      byRule({ RULE_ARN: RULE, ERROR_CODE: 'SDK_CLIENT_ERROR', ERROR_MESSAGE: '401 Unauthorized\nfor token=abcdefghijklmnop' }),
      { way: 'healing-to-oncall-open', why: 'SDK_CLIENT_ERROR: 401 Unauthorized for token=[redacted]', event: EVENT },
    ],
    [
      'by a rule, with one of both',
      byRule({ RULE_ARN: RULE, ERROR_CODE: '', ERROR_MESSAGE: 'gone' }),
      { way: 'healing-to-oncall-open', why: 'gone', event: EVENT },
    ],
    [
      'by a function, with its error and what Lambda made of it',
      byFunction({ functionArn: `${FUNCTION}:$LATEST`, condition: 'RetriesExhausted' }, { errorMessage: 'open the OpsItem: denied' }),
      { way: 'healing-keep-ops-items', why: 'open the OpsItem: denied: RetriesExhausted', event: EVENT },
    ],
    [
      'by a function of a version, which said nothing',
      byFunction({ functionArn: `${FUNCTION}:7`, condition: 'EventAgeExceeded' }),
      { way: 'healing-keep-ops-items', why: 'EventAgeExceeded', event: EVENT },
    ],
    [
      'by a function without a version',
      byFunction({ functionArn: FUNCTION }),
      { way: 'healing-keep-ops-items', why: 'nothing is known of why', event: EVENT },
    ],
    ['by nobody knows whom', byRule(), { ...nameless, event: EVENT }],
    ['by what has no name', byRule({ RULE_ARN: 'arn:aws:events:eu-central-1:123456789012:rule/' }), { ...nameless, event: EVENT }],
    ['by what is no name', byRule({ RULE_ARN: 7, ERROR_CODE: 8 }), { ...nameless, event: EVENT }],
    ['and is no JSON', { body: 'x' }, { ...nameless, event: undefined }],
    ['and is nothing', undefined, { ...nameless, event: undefined }],
  ])('is read %s', (_, message, expected) => {
    expect(undelivered(message)).toEqual(expected);
  });

  it('has no more words than fit into a line of the history', () => {
    expect(undelivered(byRule({ ERROR_MESSAGE: 'x '.repeat(250) })).why).toBe('x '.repeat(250).trim());
    expect(undelivered(byRule({ ERROR_MESSAGE: 'xy'.repeat(251) })).why).toBe(`${'xy'.repeat(249)}x…`);
  });
});
