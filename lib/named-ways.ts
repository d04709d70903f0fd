import { SecretValue } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { ChatProps } from './constructs/chat.ts';
import type { NotificationsProps } from './notifications-props.ts';
import { Webhook } from './webhook.ts';

/** How people and tools are told beside mail, with what exists already named and not handed over. */
export interface NamedWays extends Pick<NotificationsProps, 'accountName' | 'mails' | 'stillAfter' | 'quietHours' | 'opsItems' | 'digest'> {
  /** The name of an event bus that gets every notice. @default - none */
  readonly bus?: string;
  /** A Slack channel, by ids. @default - none */
  readonly slack?: ChatProps['slack'];
  /** Name of the secret that is a routing key. @default - nothing is posted to PagerDuty */
  readonly pagerDutySecret?: string;
  /** Name of the secret that is the key of an integration. @default - nothing is posted to Opsgenie */
  readonly opsgenieSecret?: string;
  /** The address of a generic webhook, and the name of the secret that is its secret. @default - nothing is posted to AWS DevOps Agent */
  readonly devOpsAgent?: { readonly url: string; readonly secret: string };
}

/** The same as a pipeline takes it. */
export function notifyBy(scope: Construct, ways: NamedWays): NotificationsProps {
  const { bus, slack, pagerDutySecret, opsgenieSecret, devOpsAgent, ...same } = ways;
  const webhooks = [
    ...(pagerDutySecret === undefined ? [] : [Webhook.pagerDuty('pagerduty', { routingKey: SecretValue.secretsManager(pagerDutySecret) })]),
    ...(opsgenieSecret === undefined ? [] : [Webhook.opsgenie('opsgenie', { apiKey: SecretValue.secretsManager(opsgenieSecret) })]),
    ...(devOpsAgent
      ? [
          Webhook.devOpsAgent('devops-agent', {
            url: devOpsAgent.url,
            secret: Secret.fromSecretNameV2(scope, 'DevOpsAgentSecret', devOpsAgent.secret),
          }),
        ]
      : []),
  ];
  return {
    ...same,
    ...(bus !== undefined && { bus: EventBus.fromEventBusName(scope, 'NoticeBus', bus) }),
    ...(slack && { chat: { slack } }),
    ...(webhooks.length > 0 && { webhooks }),
  };
}
