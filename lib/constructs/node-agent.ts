import { CfnAssociation, StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { type AgentCollection, agentConfiguration } from '../agent-configuration.ts';
import type { Fleet } from '../fleet.ts';

export interface NodeAgentProps {
  readonly pipeline: string;
  /** The protection's id, which names the configuration. */
  readonly protection: string;
  readonly fleet: Fleet;
  /** What the symptoms of the fleet need. */
  readonly collections: readonly AgentCollection[];
}

/** A new member gets its agent when State Manager first sees it; the daily run mends what somebody removed. */
const SCHEDULE = 'rate(1 day)';

/** A configuration that does harm must not reach the whole fleet at once. */
const CAREFULLY = { maxConcurrency: '10%', maxErrors: '10%' };

/**
 * The CloudWatch agent on a fleet's instances, installed and configured by State Manager. The configuration is
 * appended to one that is there already and never replaces it. State Manager knows no order between both steps: the
 * second may fail on a new instance until the first is done, and is right at its next run.
 */
export class NodeAgent extends Construct {
  constructor(scope: Construct, id: string, { pipeline, protection, fleet, collections }: NodeAgentProps) {
    super(scope, id);
    const configuration = new StringParameter(this, 'Configuration', {
      // AWS's policy for the agent lets instances read only parameters whose names begin so.
      parameterName: `AmazonCloudWatch-${pipeline}-${protection}`,
      description: 'What the CloudWatch agent collects for the self-healing pipeline',
      stringValue: JSON.stringify(agentConfiguration(fleet, collections)),
    });
    const targets = [targetOf(fleet)];
    const install = new CfnAssociation(this, 'Install', {
      name: 'AWS-ConfigureAWSPackage',
      associationName: `${pipeline}-${protection}-agent-install`,
      parameters: { action: ['Install'], name: ['AmazonCloudWatchAgent'] },
      targets,
      scheduleExpression: SCHEDULE,
      ...CAREFULLY,
    });
    const configure = new CfnAssociation(this, 'Configure', {
      name: 'AmazonCloudWatch-ManageAgent',
      associationName: `${pipeline}-${protection}-agent-configure`,
      parameters: {
        action: ['configure (append)'],
        mode: ['ec2'],
        optionalConfigurationSource: ['ssm'],
        optionalConfigurationLocation: [configuration.parameterName],
        optionalRestart: ['yes'],
      },
      targets,
      scheduleExpression: SCHEDULE,
      ...CAREFULLY,
    });
    configure.addDependency(install);
  }
}

function targetOf({ members }: Fleet): CfnAssociation.TargetProperty {
  switch (members.kind) {
    case 'tagged':
      return { key: `tag:${members.key}`, values: [members.value] };
    case 'auto-scaling-group':
      return { key: 'tag:aws:autoscaling:groupName', values: [members.name] };
    case 'instances':
      return { key: 'InstanceIds', values: [...members.ids] };
  }
}
