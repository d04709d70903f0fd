import { awsCommandHere } from '../commands-here.ts';
import { check } from './check.ts';
import { ok, warning, wrong } from './finding.ts';
import type { Subscription } from './readings.ts';

/** Whether anybody hears of it. */
export const subscriptions = check({
  name: 'subscriptions',
  whether: 'the topic of the messages has a subscription that is confirmed',
  needs: ['subscriptions'],
  judge({ subscriptions: topics }, place) {
    if (topics.length === 0)
      return [
        wrong('topic', `no alarm about ${place.pipeline} itself tells a topic, so that nobody hears of a broken healer`, 'npx cdk deploy'),
      ];
    return topics.flatMap(({ topic, subscriptions: all }) => {
      const pending = all.filter(({ confirmed }) => !confirmed);
      if (all.length > pending.length)
        return [
          ok(topic, `${all.length - pending.length} of ${all.length} subscriptions are confirmed`),
          ...pending.map((each) =>
            warning(topic, `${each.protocol} ${each.endpoint} is not confirmed and hears nothing`, `${confirming(each)}; ${LASTS}`),
          ),
        ];
      if (pending.length > 0)
        return [
          wrong(
            topic,
            `nobody is told: ${pending.map(({ endpoint }) => endpoint).join(', ')} did not confirm`,
            `${pending.map(confirming).join('; ')}; ${LASTS}`,
          ),
        ];
      return [
        wrong(
          topic,
          'nobody is told: it has no subscription',
          awsCommandHere(place, `sns subscribe --topic-arn ${topic} --protocol email --notification-endpoint you@example.com`),
        ),
      ];
    });
  },
});

export const LASTS = 'it is valid for two days, and deploying or subscribing again sends a new one';

/** How one confirms, who is not always a person with a mailbox. */
export function confirming({ protocol, endpoint }: Subscription): string {
  return protocol.startsWith('email')
    ? `follow the link in the mail "AWS Notification - Subscription Confirmation" to ${endpoint}`
    : `have ${endpoint} open the SubscribeURL that SNS sent to it`;
}
