import { SecretValue } from 'aws-cdk-lib';
import { Authorization, type ConnectionProps, EventField, HttpParameter, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import type { NoticeFilter } from '../lambdas/core/notice/filter.ts';
import { closing, type NoticeChoice } from './notice-pattern.ts';
import type { WebhookKind } from './webhook.ts';

/** One kind of request to a tool. */
export interface WebhookDelivery {
  /** Of the rule and the address: "open". */
  readonly name: string;
  readonly choice: NoticeChoice;
  readonly url: string;
  readonly body: RuleTargetInput;
  /** In the place of the `*` of the address, by their places in the event. @default - none */
  readonly pathParameters?: readonly string[];
  /** @default - none */
  readonly query?: Readonly<Record<string, string>>;
}

/** How EventBridge posts to a tool: who it says that it is, and each kind of request. */
export interface PostedBy extends Pick<ConnectionProps, 'authorization' | 'bodyParameters' | 'headerParameters'> {
  readonly deliveries: readonly WebhookDelivery[];
}

/** The kinds that EventBridge can post by itself. */
export type PostedKind = Exclude<WebhookKind, { readonly kind: 'dev-ops-agent' }>;

/**
 * Each value of a body is one value of the event, whole, so that EventBridge writes it as JSON: inside of a longer text it would not
 * escape what is a quote there.
 */
const value = (path: string) => EventField.fromPath(`$.detail.${path}`);

export function postedBy(webhook: PostedKind, only: NoticeFilter): PostedBy {
  switch (webhook.kind) {
    case 'pager-duty':
      return ofPagerDuty(webhook, only);
    case 'opsgenie':
      return ofOpsgenie(webhook, only);
    case 'json':
      return {
        authorization: webhook.authorization,
        ...(webhook.headers && { headerParameters: { ...webhook.headers } }),
        deliveries: [{ name: 'all', choice: { only }, url: webhook.url, body: RuleTargetInput.fromEventPath('$.detail') }],
      };
  }
}

function ofPagerDuty({ routingKey, serviceRegion }: Extract<PostedKind, { kind: 'pager-duty' }>, only: NoticeFilter): PostedBy {
  const url = `https://events.${serviceRegion === 'eu' ? 'eu.' : ''}pagerduty.com/v2/enqueue`;
  return {
    // PagerDuty reads the key in the body alone, but no connection is without an authorization.
    authorization: Authorization.apiKey('X-Routing-Key', routingKey),
    bodyParameters: { routing_key: HttpParameter.fromSecret(routingKey) },
    deliveries: [
      {
        ...{ name: 'open', url, choice: { only, alert: 'open' } },
        body: RuleTargetInput.fromObject({
          event_action: 'trigger',
          dedup_key: value('alert.key'),
          client: value('pipeline'),
          payload: {
            summary: value('title'),
            source: value('alert.key'),
            severity: value('severity'),
            timestamp: value('at'),
            group: value('pipeline'),
            class: value('stage'),
            custom_details: EventField.fromPath('$.detail'),
          },
        }),
      },
      {
        ...{ name: 'closed', url, choice: closing(only) },
        body: RuleTargetInput.fromObject({ event_action: 'resolve', dedup_key: value('alert.key') }),
      },
    ],
  };
}

function ofOpsgenie({ apiKey, serviceRegion }: Extract<PostedKind, { kind: 'opsgenie' }>, only: NoticeFilter): PostedBy {
  const url = `https://api.${serviceRegion === 'eu' ? 'eu.' : ''}opsgenie.com/v2/alerts`;
  const open = (name: string, severities: NoticeChoice['severities'] & {}, priority: string) => ({
    ...{ name, url, choice: { only, alert: 'open', severities } as const },
    body: RuleTargetInput.fromObject({
      message: value('alert.summary'),
      alias: value('alert.key'),
      description: value('title'),
      priority,
      source: value('pipeline'),
      details: {
        seen: value('seen[0]'),
        'do now': value('doNow[0].text'),
        at: value('at'),
        account: value('account.id'),
        region: value('region'),
        notice: value('id'),
      },
    }),
  });
  return {
    // A reference to the secret, which CloudFormation follows.
    authorization: Authorization.apiKey('Authorization', SecretValue.unsafePlainText(`GenieKey ${apiKey.unsafeUnwrap()}`)),
    deliveries: [
      open('open-critical', ['critical'], 'P1'),
      open('open', ['warning', 'info'], 'P3'),
      {
        ...{ name: 'closed', choice: closing(only), url: `${url}/*/close` },
        ...{ pathParameters: ['$.detail.alert.key'], query: { identifierType: 'alias' } },
        body: RuleTargetInput.fromObject({ source: value('pipeline'), note: value('alert.summary') }),
      },
    ],
  };
}
