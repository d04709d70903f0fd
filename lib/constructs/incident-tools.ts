import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { OpsItems } from './ops-items.ts';
import type { PipelineRecords } from './pipeline-records.ts';
import { UndeliveredNotices } from './undelivered-notices.ts';

/** What opens and closes alerts in the tools that `notify` names, behind the bus that gets every notice. */
export class IncidentTools extends Construct {
  constructor(scope: Construct, id: string, records: PipelineRecords, bus: IEventBus) {
    super(scope, id);
    const { opsItems } = records.notifications;
    const { queue } = new UndeliveredNotices(this, 'Undelivered', records, bus);
    if (opsItems) new OpsItems(this, 'OpsItems', records, { bus, undelivered: queue, only: opsItems });
  }
}
