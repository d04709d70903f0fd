import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Manifest } from '../../lambdas/core/manifest.ts';
import type { ApprovalLinks } from './approval-links.ts';
import type { Notifications } from './notifications.ts';
import { OpsItems } from './ops-items.ts';
import type { PipelineRecords } from './pipeline-records.ts';
import { PostedWebhook } from './posted-webhook.ts';
import { SignedWebhook } from './signed-webhook.ts';
import { UndeliveredNotices } from './undelivered-notices.ts';

/** Parts of the ways of notices that can be out of order. */
export interface NoticeParts {
  /** Names of the addresses that EventBridge posts to. */
  readonly posts: readonly string[];
  readonly undelivered: IQueue;
  /** The role that opens OpsItems. @default - none does */
  readonly opsItems?: IRole;
}

/** What the command is told of the ways beside mail, in the manifest. */
export function waysOf({ chat }: Notifications, parts: NoticeParts | undefined, links: ApprovalLinks | undefined): Manifest['ways'] {
  if (!chat && !parts && !links) return undefined;
  return {
    posts: [...(parts?.posts ?? [])],
    ...(chat && { chat: chat.topic.topicArn }),
    ...(parts && { undelivered: parts.undelivered.queueArn }),
    ...(parts?.opsItems && { opsItems: parts.opsItems.roleArn }),
    ...(links && { holders: links.holders.map(({ name, topic }) => ({ name, topic: topic.topicArn })) }),
  };
}

/** What opens and closes alerts in the tools that `notify` names, behind the bus that gets every notice. */
export class IncidentTools extends Construct {
  /** What of it must be in order. */
  readonly parts: NoticeParts;

  constructor(scope: Construct, id: string, records: PipelineRecords, bus: IEventBus) {
    super(scope, id);
    const { opsItems, webhooks } = records.notifications;
    const undelivered = new UndeliveredNotices(this, 'Undelivered', records);
    const items = opsItems && new OpsItems(this, 'OpsItems', records, { bus, undelivered, only: opsItems });
    const posts: string[] = [];
    for (const { name, only, kind } of webhooks) {
      const about = { bus, undelivered, name, only };
      if (kind.kind === 'dev-ops-agent') new SignedWebhook(this, name, records, { ...about, url: kind.url, secret: kind.secret });
      else posts.push(...new PostedWebhook(this, name, records, { ...about, kind }).addresses);
    }
    this.parts = { posts, undelivered: undelivered.queue, ...(items && { opsItems: items.healing.role }) };
  }
}
