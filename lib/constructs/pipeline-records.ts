import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { policyRecordName, spreadRecordName } from '../../lambdas/core/policy-record.ts';
import type { NotificationsProps } from '../notifications-props.ts';
import { DatabaseRegister } from './database-register.ts';
import type { HealingFunction } from './healing-function.ts';
import { History } from './history.ts';
import { HubLink, type HubProps } from './hub-link.ts';
import { IncidentTable, type TableWriter } from './incident-table.ts';
import { Notifications } from './notifications.ts';
import { PauseSwitch } from './pause-switch.ts';
import { grantReadRecords } from './policy-record.ts';

/** Where the pipeline's functions write, what they read before they act, and whom they tell. */
export interface PipelineRecords {
  readonly pipeline: string;
  readonly notifications: Notifications;
  readonly history: History;
  readonly incidents: IncidentTable;
  readonly pauseSwitch: PauseSwitch;
  /** @default - the pipeline has no hub */
  readonly hubLink?: HubLink;
  readonly databases: DatabaseRegister;
  /** The names of all of them, for the functions. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface PipelineRecordsProps {
  /** @default - nobody is told */
  readonly notify?: NotificationsProps;
  /** @default - one year */
  readonly historyRetention?: RetentionDays;
  /** @default false */
  readonly deletionProtection?: boolean;
  /** @default - it has none */
  readonly hub?: HubProps;
  /** @default false */
  readonly incidentMetrics?: boolean;
}

/** Makes them directly in the pipeline's scope, by which their logical ids and so their data outlive every release. */
export function pipelineRecords(scope: Construct, pipeline: string, props: PipelineRecordsProps): PipelineRecords {
  const hubLink = props.hub && new HubLink(scope, 'HubLink', { pipeline, ...props.hub });
  // Notices go to the hub by a bus as they go to other tools: where the user has none for them, by the one of the link.
  const bus = props.notify?.bus ?? hubLink?.bus;
  const notifications = new Notifications(scope, 'Notifications', { ...props.notify, ...(bus && { bus }), pipeline });
  hubLink?.forwardNotices(notifications.bus);
  const kept = { pipeline, deletionProtection: props.deletionProtection ?? false };
  const history = new History(scope, 'History', { ...kept, ...(props.historyRetention && { retention: props.historyRetention }) });
  const incidents = new IncidentTable(scope, 'Incidents', kept);
  const pauseSwitch = new PauseSwitch(scope, 'PauseSwitch', { pipeline, ...(hubLink && { hubPausesIn: incidents }) });
  const databases = new DatabaseRegister(scope, 'Databases', { pipeline });
  const environment = {
    PIPELINE: pipeline,
    HISTORY_LOG_GROUP: history.logGroup.logGroupName,
    INCIDENT_TABLE: incidents.table.tableName,
    PAUSE_PARAMETER: pauseSwitch.parameterName,
    TOPIC_ARN: notifications.topic.topicArn,
    NOTIFY: JSON.stringify(notifications.settings),
    ...(hubLink && { HUB_BUS: hubLink.hubBusArn }),
    ...(props.incidentMetrics && { INCIDENT_METRICS: 'yes' }),
  };
  return { pipeline, notifications, history, incidents, pauseSwitch, databases, environment, ...(hubLink && { hubLink }) };
}

/** Lets a function read what is looked at last before something is done to a target, but for the mode, which stands in the incident table. */
export function grantLastLook({ pipeline, pauseSwitch }: PipelineRecords, { role }: HealingFunction): void {
  pauseSwitch.grantRead(role);
  for (const nameOf of [policyRecordName, spreadRecordName]) grantReadRecords(role, pipeline, 'ssm:GetParameters', nameOf);
}

/** Lets a function write the history, and of the incident table what the writer is there for. */
export function grantRecords({ incidents, history }: PipelineRecords, { role }: HealingFunction, writer: TableWriter): void {
  incidents.grantUse(role, writer);
  history.grantWrite(role);
}
