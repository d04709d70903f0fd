import { Construct } from 'constructs';
import type { NotificationsProps } from '../notifications-props.ts';
import { savedQueries } from '../queries/registry.ts';
import { ConsoleLinks } from './console-links.ts';
import { HealingDashboard } from './dashboard.ts';
import type { HealingWorkflow } from './healing-workflow.ts';
import type { Intake } from './intake.ts';
import type { Operators } from './operators.ts';
import type { PipelineRecords } from './pipeline-records.ts';
import { saveQueries } from './saved-queries.ts';

export interface OverviewProps {
  readonly workflow: HealingWorkflow;
  readonly intake: Intake;
  readonly operators: Operators;
  readonly actsPerHour: number;
  /** @default - nobody is told */
  readonly notify?: NotificationsProps;
  /** @default true */
  readonly dashboard?: boolean;
}

/** Makes what people see the pipeline by: the saved queries, the dashboard and the links to it all. */
export function overview(scope: Construct, records: PipelineRecords, props: OverviewProps): void {
  const { pipeline, notifications, history } = records;
  const { stateMachine: workflow } = props.workflow;
  const parts = { pipeline, history: history.logGroup, workflow };
  saveQueries(new Construct(scope, 'Queries'), pipeline, history.logGroup, savedQueries);
  const page =
    props.dashboard === false
      ? undefined
      : new HealingDashboard(scope, 'Dashboard', { ...parts, deadLetters: props.intake.deadLetters, actsPerHour: props.actsPerHour });
  new ConsoleLinks(scope, 'Links', {
    ...{ pipeline, workflow, operators: props.operators.policy },
    ...(!props.notify?.topic && { topic: notifications.topic }),
    ...(page && { dashboard: page.dashboard }),
  });
}
