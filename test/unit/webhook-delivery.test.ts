import { anAttempt, anIncident, aPolicy, NOW } from '@self-healing/simulation/builders.ts';
import { someOrigin } from '@self-healing/simulation/doubles/fake-ports.ts';
import { SecretValue, Stack } from 'aws-cdk-lib';
import { Authorization, EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { describe, expect, it } from 'vitest';
import { brokenNotice } from '../../lambdas/core/notice/broken.ts';
import { endNotice } from '../../lambdas/core/notice/end.ts';
import { noticeEvent } from '../../lambdas/core/notice/event.ts';
import type { Notice } from '../../lambdas/core/notice/notice.ts';
import { pauseNotice } from '../../lambdas/core/notice/pause.ts';
import { rejectionNotice } from '../../lambdas/core/notice/rejection.ts';
import { type PostedKind, postedBy, type WebhookDelivery } from '../../lib/webhook-delivery.ts';

const key = SecretValue.secretsManager('key');
const pagerDuty: PostedKind = { kind: 'pager-duty', routingKey: key, serviceRegion: 'us' };
const opsgenie: PostedKind = { kind: 'opsgenie', apiKey: key, serviceRegion: 'eu' };

/** The value at a path of the kind that EventBridge takes: names, and numbers in brackets. */
function at(event: unknown, path: string): unknown {
  const steps = path
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split('.')
    .slice(1);
  return steps.reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], event);
}

/** The body as EventBridge documents to fill it in: a placeholder without quotes around it is replaced by the value as JSON. */
function filled({ body }: WebhookDelivery, notice: Notice): unknown {
  const stack = new Stack();
  const bus = new EventBus(stack, 'Bus');
  const bound = body.bind(new Rule(stack, 'Rule', { eventBus: bus, eventPattern: { source: ['x'] } }));
  const event = JSON.parse(JSON.stringify(noticeEvent(notice)));
  const { inputPath, inputTemplate, inputPathsMap = {} } = stack.resolve(bound);
  if (inputPath !== undefined) return at(event, inputPath);
  const text = String(inputTemplate).replaceAll(/<([\w-]+)>/g, (_, name: string) => {
    const value = at(event, inputPathsMap[name]);
    expect(value, `${inputPathsMap[name]} of ${notice.id}`).toBeDefined();
    return JSON.stringify(value);
  });
  return JSON.parse(text);
}

const delivery = (kind: PostedKind, name: string) => {
  const found = postedBy(kind, {}).deliveries.find((each) => each.name === name);
  if (!found) throw new Error(`no delivery ${name}`);
  return found;
};

const incident = anIncident({ reason: 'he said "quote", <b> and \\ and {brace}' });
const handedOff = endNotice(
  someOrigin,
  { incident, policy: aPolicy(), attempts: [anAttempt()], end: { outcome: 'handed-off', reason: 'ladder-exhausted', why: '"so"' } },
  NOW,
);
const recovered = endNotice(
  someOrigin,
  { incident, policy: aPolicy(), attempts: [anAttempt()], end: { outcome: 'recovered', reason: 'healed', why: '' } },
  NOW,
);
const opening = [
  ['a hand-off', handedOff],
  ['a pause', pauseNotice(someOrigin, { kind: 'began', why: 'work', since: NOW }, NOW)],
  [
    'an event that was refused',
    rejectionNotice(someOrigin, aPolicy(), { outcome: 'skipped', reason: 'unknown-event', why: '' }, 'an event', NOW),
  ],
  ['what could not be ended', brokenNotice(someOrigin, { incidentId: 'a'.repeat(64), brokenAt: NOW, how: 'failed' }, {}, 'x', NOW)],
] as const;

describe('what is posted', () => {
  it.each(opening)('of %s triggers an alert of PagerDuty', (_, notice) => {
    expect(filled(delivery(pagerDuty, 'open'), notice)).toEqual({
      ...{ event_action: 'trigger', dedup_key: notice.alert?.key, client: 'healing' },
      payload: {
        ...{ summary: notice.title, source: notice.alert?.key, severity: notice.severity, timestamp: notice.at },
        ...{ group: 'healing', class: notice.stage, custom_details: JSON.parse(JSON.stringify(notice)) },
      },
    });
  });

  it('of a recovery resolves the same alert, and says nothing else', () => {
    expect(filled(delivery(pagerDuty, 'closed'), recovered)).toEqual({ event_action: 'resolve', dedup_key: handedOff.alert?.key });
  });

  it.each(opening)('of %s opens an alert of Opsgenie, within its limits', (_, notice) => {
    const body = filled(delivery(opsgenie, 'open-critical'), notice) as { message: string; details: Record<string, unknown> };
    expect(body).toMatchObject({ alias: notice.alert?.key, description: notice.title, priority: 'P1', source: 'healing' });
    expect(body.message.length).toBeLessThanOrEqual(130);
    for (const value of Object.values(body.details)) expect(value).toBeTypeOf('string');
  });

  it('of a recovery closes the same alert of Opsgenie, by a key that can stand in the address', () => {
    const closed = delivery(opsgenie, 'closed');
    expect(closed.url).toBe('https://api.eu.opsgenie.com/v2/alerts/*/close');
    expect(closed.pathParameters?.map((path) => at(noticeEvent(recovered), path))).toEqual([handedOff.alert?.key]);
    expect(encodeURIComponent(String(handedOff.alert?.key)).replaceAll('%3A', ':')).toBe(handedOff.alert?.key);
  });

  it('to any other tool is the notice as it is', () => {
    const json: PostedKind = { kind: 'json', url: 'https://board.example.com/', authorization: Authorization.apiKey('X-Api-Key', key) };
    expect(filled(delivery(json, 'all'), handedOff)).toEqual(JSON.parse(JSON.stringify(handedOff)));
  });
});
