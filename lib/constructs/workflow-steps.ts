import type { Construct } from 'constructs';
import { DiagnosisSteps } from './diagnosis-steps.ts';
import { HealingFunction } from './healing-function.ts';
import { HealingWorkflow } from './healing-workflow.ts';
import type { TableWriter } from './incident-table.ts';
import { grantRecords, type PipelineRecords } from './pipeline-records.ts';
import { PublishedSelections } from './published-selections.ts';

/** The workflow, and those of its steps that get further rights as policies are added. */
export interface WorkflowSteps {
  readonly triage: HealingFunction;
  readonly verify: HealingFunction;
  readonly diagnosis: DiagnosisSteps;
  readonly ask: HealingFunction;
  readonly workflow: HealingWorkflow;
}

/** Makes the steps that every incident has, each with the rights that it needs for any policy; remedies are added later. */
export function workflowSteps(scope: Construct, records: PipelineRecords): WorkflowSteps {
  const { pipeline, notifications } = records;
  const triage = askingStep(scope, records, 'triage', 'Decides what happens next with an incident');
  // A mute rule may begin while an incident is open.
  triage.allowUnscoped(['cloudwatch:ListAlarmMuteRules']);
  const verify = step(scope, records, 'verify', 'Looks whether an attempt worked; can only read, and tell', 'step');
  verify.allowUnscoped(['cloudwatch:DescribeAlarms', 'cloudwatch:DescribeAlarmContributors', 'cloudwatch:GetMetricData']);
  // Of an incident on its way people hear from the steps that look and wait, and never from one that acts.
  notifications.grantPublish(triage.role);
  notifications.grantPublish(verify.role);
  const conclude = step(scope, records, 'conclude', 'Ends an incident and tells people', 'end');
  notifications.grantPublish(conclude.role);
  const ask = step(scope, records, 'ask', 'Asks people whether a remedy may be used', 'ask');
  notifications.grantPublish(ask.role);
  // In every pipeline: an execution is still owed its report when the last remedy that gave something back has been taken out of it.
  const reportGiveBack = step(scope, records, 'report-give-back', 'Ends the giving back of what a remedy added', 'step');
  notifications.grantPublish(reportGiveBack.role);
  const diagnosis = new DiagnosisSteps(scope, records);
  const workflow = new HealingWorkflow(scope, 'Workflow', {
    pipeline,
    triage: triage.function,
    verify: verify.function,
    conclude: conclude.function,
    ask: ask.function,
    diagnose: diagnosis.healing.function,
    reportGiveBack: reportGiveBack.function,
  });
  return { triage, verify, ask, diagnosis, workflow };
}

/** Makes a step that asks the guardrails, and so reads what any of them asks about. */
export function askingStep(scope: Construct, records: PipelineRecords, handler: string, description: string): HealingFunction {
  const asking = step(scope, records, handler, description, 'step');
  asking.allowUnscoped([
    'autoscaling:DescribeAutoScalingGroups',
    'autoscaling:DescribeInstanceRefreshes',
    'cloudwatch:DescribeAlarms',
    'cloudwatch:DescribeAlarmContributors',
    'cloudwatch:GetMetricData',
    'ec2:DescribeInstances',
    'elasticloadbalancing:DescribeTargetHealth',
    'rds:DescribeDBClusters',
    'rds:DescribeDBInstances',
  ]);
  records.pauseSwitch.grantRead(asking.role);
  PublishedSelections.grantRead(asking.role);
  return asking;
}

function step(scope: Construct, records: PipelineRecords, handler: string, description: string, writer: TableWriter): HealingFunction {
  const { pipeline, environment } = records;
  const made = new HealingFunction(scope, handler, { functionName: `${pipeline}-${handler}`, description, handler, environment });
  grantRecords(records, made, writer);
  return made;
}
