import { describe, expect, it } from 'vitest';
import type { Subscription } from '../../../../lambdas/core/doctor/readings.ts';
import { subscriptions } from '../../../../lambdas/core/doctor/subscriptions.ts';
import { foundBy, TOPIC } from '../../../support/healthy-account.ts';

const mailTo = (endpoint: string, given: Partial<Subscription> = {}): Subscription => ({
  ...{ topic: TOPIC, protocol: 'email', endpoint, confirmed: false },
  ...given,
});
const judged = (...all: readonly Subscription[]) => foundBy(subscriptions, { subscriptions: [{ topic: TOPIC, subscriptions: all }] });
const lasts = 'it is valid for two days, and deploying or subscribing again sends a new one';
const linkTo = (endpoint: string) => `follow the link in the mail "AWS Notification - Subscription Confirmation" to ${endpoint}`;

const anna = mailTo('anna@example.com', { confirmed: true });
const ben = mailTo('ben@example.com');
const json = mailTo('carl@example.com', { protocol: 'email-json' });
const desk = mailTo('https://desk.example.com', { protocol: 'https' });
const aboutTopic = { about: TOPIC };

describe('the subscriptions', () => {
  it.each<[string, readonly Subscription[], readonly object[]]>([
    ['all are confirmed', [anna, anna], [{ state: 'ok', says: '2 of 2 subscriptions are confirmed' }]],
    [
      'some are not confirmed',
      [ben, anna, desk],
      [
        { state: 'ok', says: '1 of 3 subscriptions are confirmed' },
        {
          state: 'warning',
          says: 'email ben@example.com is not confirmed and hears nothing',
          mend: `${linkTo('ben@example.com')}; ${lasts}`,
        },
        {
          ...{ state: 'warning', says: 'https https://desk.example.com is not confirmed and hears nothing' },
          mend: `have https://desk.example.com open the SubscribeURL that SNS sent to it; ${lasts}`,
        },
      ],
    ],
    [
      'none is confirmed',
      [ben, json],
      [
        {
          ...{ state: 'wrong', says: 'nobody is told: ben@example.com, carl@example.com did not confirm' },
          mend: `${linkTo('ben@example.com')}; ${linkTo('carl@example.com')}; ${lasts}`,
        },
      ],
    ],
    [
      'there is none',
      [],
      [
        {
          ...{ state: 'wrong', says: 'nobody is told: it has no subscription' },
          mend: `aws sns subscribe --topic-arn ${TOPIC} --protocol email --notification-endpoint you@example.com`,
        },
      ],
    ],
  ])('of a topic are judged where %s', (_, all, findings) => {
    expect(judged(...all)).toEqual(findings.map((finding) => ({ ...aboutTopic, ...finding })));
  });

  it('are judged of each topic, and missed where no alarm tells one', () => {
    const topics = [TOPIC, `${TOPIC}-two`].map((topic) => ({ topic, subscriptions: [anna] }));
    expect(foundBy(subscriptions, { subscriptions: topics })).toEqual(
      topics.map(({ topic }) => ({ state: 'ok', about: topic, says: '1 of 1 subscriptions are confirmed' })),
    );
    expect(foundBy(subscriptions, { subscriptions: [] })).toEqual([
      {
        ...{ state: 'wrong', about: 'topic', mend: 'npx cdk deploy' },
        says: 'no alarm about healing itself tells a topic, so that nobody hears of a broken healer',
      },
    ]);
  });
});
