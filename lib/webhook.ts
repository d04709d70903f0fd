import { type SecretValue, Token } from 'aws-cdk-lib';
import type { Authorization, HttpParameter } from 'aws-cdk-lib/aws-events';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import * as z from 'zod';
import { type NoticeFilter, noticeFilterSchema } from '../lambdas/core/notice/filter.ts';
import type { NoticeFilterProps } from './notice-filter.ts';
import { openingFilter } from './opening-filter.ts';
import { checked } from './policy-error.ts';
import { postedAddressSchema, webhookAddressSchema } from './webhook-address.ts';

/** @see Webhook.pagerDuty */
export interface PagerDutyProps extends NoticeFilterProps {
  /** The integration key of a service with an integration of Events API v2, such as `SecretValue.secretsManager('pagerduty')`. */
  readonly routingKey: SecretValue;
  /** Where the account of PagerDuty is. @default us */
  readonly serviceRegion?: 'us' | 'eu';
}

/** @see Webhook.opsgenie */
export interface OpsgenieProps extends NoticeFilterProps {
  /** The key of an integration of the type API. */
  readonly apiKey: SecretValue;
  /** Where the account of Opsgenie is. @default us */
  readonly serviceRegion?: 'us' | 'eu';
}

/** @see Webhook.json */
export interface JsonWebhookProps extends NoticeFilterProps {
  /** Where the notices are posted, on the internet; HTTPS, with a certificate of a public authority. What is secret belongs into `authorization`. */
  readonly url: string;
  /** How EventBridge proves who it is: a key in a header, a name and password, or OAuth. Kept in a secret of EventBridge's connection. */
  readonly authorization: Authorization;
  /** Further headers, of which secret ones are kept in the connection, too. @default - none */
  readonly headers?: Readonly<Record<string, HttpParameter>>;
}

/** @see Webhook.devOpsAgent */
export interface DevOpsAgentProps extends NoticeFilterProps {
  /** The address of the agent space's generic webhook. */
  readonly url: string;
  /** The webhook's secret for HMAC, as it is, without JSON around it. A function reads it whenever it signs. */
  readonly secret: ISecret;
}

/** What is deployed for a webhook. */
export type WebhookKind =
  | ({ readonly kind: 'pager-duty' } & Pick<PagerDutyProps, 'routingKey' | 'serviceRegion'>)
  | ({ readonly kind: 'opsgenie' } & Pick<OpsgenieProps, 'apiKey' | 'serviceRegion'>)
  | ({ readonly kind: 'json' } & Pick<JsonWebhookProps, 'url' | 'authorization' | 'headers'>)
  | ({ readonly kind: 'dev-ops-agent' } & Pick<DevOpsAgentProps, 'url' | 'secret'>);

const nameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,23}$/, 'must begin with a small letter and have at most 24 small letters, digits and hyphens')
  .refine((name) => name !== 'ops-items', 'is the name of the way to OpsCenter');

/**
 * A tool that notices are posted to over HTTPS. Its name stands in the names of rules, in the history and in alarms: small letters,
 * digits and hyphens, at most 24. What it does not take within an hour is a line of the history and an alarm.
 */
export class Webhook {
  /** Known to the history by this. */
  readonly name: string;
  /** What is posted, or what opens an alert. */
  readonly only: NoticeFilter;
  readonly kind: WebhookKind;

  /** @throws PolicyError for a name, an address or a filter that cannot be meant */
  private constructor(name: string, filter: NoticeFilterProps, kind: WebhookKind) {
    const path = `notify.webhooks.${name}`;
    this.name = checked(nameSchema, name, 'notify', path);
    this.kind = kind;
    if ('url' in kind && !Token.isUnresolved(kind.url)) {
      const schema = kind.kind === 'json' ? postedAddressSchema : webhookAddressSchema;
      checked(schema, kind.url, 'notify', `${path}.url`);
    }
    this.only = kind.kind === 'json' ? checked(noticeFilterSchema, filter, 'notify', path) : openingFilter(filter, path);
  }

  /**
   * Alerts of PagerDuty by Events API v2: hand-offs and storms trigger one, a recovery of the same symptom and target resolves it.
   *
   * @throws PolicyError for a name or a filter that cannot be meant
   */
  static pagerDuty(name: string, { routingKey, serviceRegion = 'us', ...filter }: PagerDutyProps): Webhook {
    return new Webhook(name, filter, { kind: 'pager-duty', routingKey, serviceRegion });
  }

  /**
   * Alerts of Opsgenie: hand-offs and storms open one, a recovery of the same symptom and target closes it.
   *
   * @throws PolicyError for a name or a filter that cannot be meant
   */
  static opsgenie(name: string, { apiKey, serviceRegion = 'us', ...filter }: OpsgenieProps): Webhook {
    return new Webhook(name, filter, { kind: 'opsgenie', apiKey, serviceRegion });
  }

  /**
   * Any tool that takes JSON: every notice is posted as it is, unless the filter says otherwise.
   *
   * @throws PolicyError for a name, an address or a filter that cannot be meant
   */
  static json(name: string, { url, authorization, headers, ...filter }: JsonWebhookProps): Webhook {
    return new Webhook(name, filter, { kind: 'json', url, authorization, ...(headers && { headers }) });
  }

  /**
   * Investigations of AWS DevOps Agent: each hand-off and storm starts one, with all that is known. A small function signs what is posted.
   *
   * @throws PolicyError for a name, an address or a filter that cannot be meant
   */
  static devOpsAgent(name: string, { url, secret, ...filter }: DevOpsAgentProps): Webhook {
    return new Webhook(name, filter, { kind: 'dev-ops-agent', url, secret });
  }
}
