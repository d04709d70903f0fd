import { Aws, Duration, Lazy } from 'aws-cdk-lib';
import { type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { DRILL_REQUEST_TYPE, HUB_SOURCE, PAUSE_TYPE } from '../../lambdas/core/hub/hub-names.ts';
import { formerManifestName, rulesBeginning } from '../../lambdas/core/manifest.ts';
import { release } from '../release.ts';
import type { HealingFunction } from './healing-function.ts';
import type { HubLink } from './hub-link.ts';
import type { Operators } from './operators.ts';
import { drillEventsStatement, grantReportEvents } from './own-events.ts';
import { grantRecords, type PipelineRecords } from './pipeline-records.ts';
import { scheduledFunction } from './scheduled-function.ts';
import { acknowledgeHubRule, acknowledgeWildcard } from './security-acknowledgements.ts';

/** Two lost reports are no silence yet. */
const REPORT_EVERY = Duration.minutes(5);

export interface HubReporterProps {
  readonly records: PipelineRecords;
  readonly link: HubLink;
  readonly workflow: IStateMachine;
  /** They know in which parameters the policies stand. */
  readonly operators: Operators;
}

/** The function that sets the hub's pause beside the pipeline's own, and tells the hub how the pipeline stands. It acts on no target. */
export class HubReporter extends Construct {
  constructor(scope: Construct, id: string, { records, link, workflow, operators }: HubReporterProps) {
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
    const parameter = (name: string) => `arn:${Aws.PARTITION}:ssm:${Aws.REGION}:${Aws.ACCOUNT_ID}:parameter${name}`;
    const resources = Lazy.list({ produce: () => [...operators.manifests, formerManifestName(pipeline)].map(parameter) });
    // The CDK merges statements without a name, which it cannot do with a list that is known only at the end.
    role.addToPrincipalPolicy(new PolicyStatement({ sid: 'ReadManifest', actions: ['ssm:GetParameter'], resources }));
    this.#admit(reporter, link, 'Pause', {
      description: "The hub's pause, as only its account may send it",
      detailType: [PAUSE_TYPE],
    });
    if (!link.drills) return;
    this.#admit(reporter, link, 'AskedDrill', { description: 'A drill that the hub asks for', detailType: [DRILL_REQUEST_TYPE] });
    this.#letHoldDrills(reporter, records);
  }

  #admit(reporter: HealingFunction, link: HubLink, id: string, { description, detailType }: { description: string; detailType: string[] }) {
    const eventPattern: EventPattern = { account: [link.hubAccount], source: [HUB_SOURCE], detailType };
    const rule = new Rule(this, id, { eventBus: link.bus, description, eventPattern });
    reporter.addToRule(rule, id);
    acknowledgeHubRule(rule);
  }

  /** Lets it read policies and who is in their fleets, begin drills, which do nothing, and read how they end. */
  #letHoldDrills(reporter: HealingFunction, { pipeline, history }: PipelineRecords): void {
    const { role } = reporter;
    reporter.function.addEnvironment('DRILLS_FOR_HUB', 'yes');
    role.addToPrincipalPolicy(drillEventsStatement(pipeline));
    const rules = ['', '*/'].map(
      (bus) => `arn:${Aws.PARTITION}:events:${Aws.REGION}:${Aws.ACCOUNT_ID}:rule/${bus}${rulesBeginning(pipeline)}*`,
    );
    role.addToPrincipalPolicy(new PolicyStatement({ actions: ['events:ListTargetsByRule'], resources: rules }));
    for (const each of rules) acknowledgeWildcard(role, each, 'The rules of the pipeline’s own policies, on the buses of its stacks.');
    reporter.allowUnscoped(['ec2:DescribeInstances', 'autoscaling:DescribeAutoScalingGroups']);
    role.addToPrincipalPolicy(new PolicyStatement({ actions: ['logs:FilterLogEvents'], resources: [history.logGroup.logGroupArn] }));
  }
}
