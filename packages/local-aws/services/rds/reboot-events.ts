import type { AwsEvent } from '../../gateway/service.ts';

interface Source {
  readonly DBInstanceIdentifier: string;
  readonly DBInstanceArn: string;
}

/** What RDS announces when a reboot begins. */
export function eventsBeforeReboot(instance: Source, failover: boolean): readonly AwsEvent[] {
  const shutdown = event(instance, 'availability', 'RDS-EVENT-0004', 'DB instance shutdown');
  const started = event(instance, 'failover', 'RDS-EVENT-0013', 'Multi-AZ instance failover started.');
  return failover ? [started] : [shutdown];
}

/** What RDS announces when the instance serves again. */
export function eventsAfterReboot(instance: Source, failover: boolean): readonly AwsEvent[] {
  const restarted = event(instance, 'availability', 'RDS-EVENT-0006', 'DB instance restarted');
  const completed = event(instance, 'failover', 'RDS-EVENT-0049', 'Multi-AZ instance failover completed.');
  return failover ? [restarted, completed] : [restarted];
}

function event(instance: Source, category: string, id: string, message: string): AwsEvent {
  return {
    source: 'aws.rds',
    'detail-type': 'RDS DB Instance Event',
    resources: [instance.DBInstanceArn],
    detail: {
      EventCategories: [category],
      SourceType: 'DB_INSTANCE',
      SourceArn: instance.DBInstanceArn,
      Date: new Date().toISOString(),
      Message: message,
      SourceIdentifier: instance.DBInstanceIdentifier,
      EventID: id,
    },
  };
}
