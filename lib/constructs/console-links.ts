import { Aws, CfnCondition, CfnOutput, Fn } from 'aws-cdk-lib';
import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { IManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { historyName } from '../../lambdas/core/manifest.ts';
import { consoleHosts } from '../../lambdas/core/notice/console-links.ts';

export interface ConsoleLinksProps {
  readonly pipeline: string;
  readonly workflow: IStateMachine;
  /** @default - the users gave one, and know where it is */
  readonly topic?: ITopic;
  readonly operators: IManagedPolicy;
  /** @default - the pipeline has none */
  readonly dashboard?: Dashboard;
}

/**
 * Outputs of the stack: where in the console the parts are that people look at, and what the operators' role needs. In a partition whose
 * console is not known there are no links.
 */
export class ConsoleLinks extends Construct {
  constructor(scope: Construct, id: string, { pipeline, workflow, topic, operators, dashboard }: ConsoleLinksProps) {
    super(scope, id);
    const { host, isKnown } = this.#console();
    const link = (output: string, service: string, fragment: string, description: string) =>
      new CfnOutput(this, output, {
        value: `https://${Aws.REGION}.${host}/${service}/home?region=${Aws.REGION}#${fragment}`,
        description,
        condition: isKnown,
      });
    if (dashboard) link('Dashboard', 'cloudwatch', `dashboards/dashboard/${dashboard.dashboardName}`, 'The dashboard of the pipeline');
    // The console writes a slash of a name so in the part of its addresses behind the #.
    const history = historyName(pipeline).replaceAll('/', '$252F');
    link('History', 'cloudwatch', `logsV2:log-groups/log-group/${history}`, 'The history of the pipeline');
    link('Workflow', 'states', `/statemachines/view/${workflow.stateMachineArn}`, 'The workflow, with an execution for each incident');
    if (topic) link('Topic', 'sns/v3', `/topic/${topic.topicArn}`, 'The topic on which people are told');
    new CfnOutput(this, 'OperatorsPolicy', {
      value: operators.managedPolicyArn,
      description: 'For the role of the people who operate the pipeline',
    });
  }

  /**
   * By conditions and not by a mapping: CloudFormation fails a stack that looks up a key which its mapping does not have. The first host is
   * that of all other partitions, where no link is made.
   */
  #console(): { readonly host: string; readonly isKnown: CfnCondition } {
    const [first, ...others] = Object.entries(consoleHosts).map(([partition, host]) => {
      const expression = Fn.conditionEquals(Aws.PARTITION, partition);
      return { host, isThere: new CfnCondition(this, `In-${partition}`, { expression }) };
    });
    if (!first) throw new TypeError('no console is known');
    const isKnown = Fn.conditionOr(...[first, ...others].map(({ isThere }) => isThere));
    return {
      host: others.reduce((otherwise, { host, isThere }) => Fn.conditionIf(isThere.logicalId, host, otherwise).toString(), first.host),
      isKnown: new CfnCondition(this, 'ConsoleKnown', { expression: isKnown }),
    };
  }
}
