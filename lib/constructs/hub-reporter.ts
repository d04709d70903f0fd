import { Aws, Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { HUB_SOURCE, PAUSE_TYPE } from '../../lambdas/core/hub/hub-names.ts';
import { formerManifestName, manifestName } from '../../lambdas/core/manifest.ts';
import { release } from '../release.ts';
import type { HubLink } from './hub-link.ts';
import { grantReportEvents } from './own-events.ts';
import { grantRecords, type PipelineRecords } from './pipeline-records.ts';
import { scheduledFunction } from './scheduled-function.ts';
import { acknowledgeHubRule } from './security-acknowledgements.ts';

/** Two lost reports are no silence yet. */
const REPORT_EVERY = Duration.minutes(5);

export interface HubReporterProps {
  readonly records: PipelineRecords;
  readonly link: HubLink;
  readonly workflow: IStateMachine;
}

/** The function that sets the hub's pause beside the pipeline's own, and tells the hub how the pipeline stands. It acts on no target. */
export class HubReporter extends Construct {
  constructor(scope: Construct, id: string, { records, link, workflow }: HubReporterProps) {
    super(scope, id);
    const { pipeline, environment, pauseSwitch } = records;
    const reporter = scheduledFunction(this, 'Function', {
      functionName: `${pipeline}-report-to-hub`,
      description: 'Sets the pause of the hub beside the own one, and tells the hub how the pipeline stands',
      handler: 'report-to-hub',
      environment: { ...environment, STATE_MACHINE_ARN: workflow.stateMachineArn, LINK_BUS: link.bus.eventBusName, RELEASE: release },
      every: REPORT_EVERY,
    });
    const { role } = reporter;
    grantRecords(records, reporter, 'hub');
    pauseSwitch.grantRead(role);
    grantReportEvents(role, link.bus.eventBusArn, pipeline);
    reporter.allowUnscoped(['cloudwatch:DescribeAlarms']);
    role.addToPrincipalPolicy(new PolicyStatement({ actions: ['states:ListExecutions'], resources: [workflow.stateMachineArn] }));
    const manifests = [manifestName(pipeline), formerManifestName(pipeline)].map(
      (name) => `arn:${Aws.PARTITION}:ssm:${Aws.REGION}:${Aws.ACCOUNT_ID}:parameter${name}`,
    );
    role.addToPrincipalPolicy(new PolicyStatement({ actions: ['ssm:GetParameter'], resources: manifests }));
    const rule = new Rule(this, 'Pause', {
      eventBus: link.bus,
      description: "The hub's pause, as only its account may send it",
      eventPattern: { account: [link.hubAccount], source: [HUB_SOURCE], detailType: [PAUSE_TYPE] },
    });
    reporter.addToRule(rule, 'Pause');
    acknowledgeHubRule(rule);
  }
}
