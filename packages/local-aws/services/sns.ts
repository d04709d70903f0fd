import type { Service } from '../gateway/service.ts';

/** SNS's own word in the place of the ARN of a subscription that nobody confirmed. */
const PENDING = 'PendingConfirmation';

interface Listed {
  readonly SubscriptionArn?: string;
}

/** Lists subscriptions as SNS does, which names the ARN of none that waits for its confirmation. */
export function createSns(): Service {
  return {
    service: 'sns',
    note: 'MiniStack takes mail addresses as confirmed at once, since nobody reads mails here; URLs wait for their confirmation as on AWS, and a list says so.',
    actions: {
      ListSubscriptionsByTopic: async (parameters, upstream) => {
        const { Subscriptions = [], ...page } = await upstream.call('sns', 'ListSubscriptionsByTopic', parameters);
        const listed = await Promise.all(
          (Subscriptions as readonly Listed[]).map(async (subscription) => {
            const { Attributes } = await upstream.call('sns', 'GetSubscriptionAttributes', {
              SubscriptionArn: subscription.SubscriptionArn,
            });
            const isPending = (Attributes as Readonly<Record<string, string>>).PendingConfirmation === 'true';
            return isPending ? { ...subscription, SubscriptionArn: PENDING } : subscription;
          }),
        );
        return { ...page, Subscriptions: listed };
      },
    },
  };
}
