import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { OpsItems } from './ops-items.ts';
import type { PipelineRecords } from './pipeline-records.ts';
import { PostedWebhook } from './posted-webhook.ts';
import { SignedWebhook } from './signed-webhook.ts';
import { UndeliveredNotices } from './undelivered-notices.ts';

/** What opens and closes alerts in the tools that `notify` names, behind the bus that gets every notice. */
export class IncidentTools extends Construct {
  constructor(scope: Construct, id: string, records: PipelineRecords, bus: IEventBus) {
    super(scope, id);
    const { opsItems, webhooks } = records.notifications;
    const undelivered = new UndeliveredNotices(this, 'Undelivered', records);
    if (opsItems) new OpsItems(this, 'OpsItems', records, { bus, undelivered, only: opsItems });
    for (const { name, only, kind } of webhooks) {
      const posts = { bus, undelivered, name, only };
      if (kind.kind === 'dev-ops-agent') new SignedWebhook(this, name, records, { ...posts, url: kind.url, secret: kind.secret });
      else new PostedWebhook(this, name, records, { ...posts, kind });
    }
  }
}
