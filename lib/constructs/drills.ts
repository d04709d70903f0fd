import { Aws } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { formerManifestName, historyName, manifestName } from '../../lambdas/core/manifest.ts';
import { OPERATORS_STREAM } from '../../lambdas/core/operator-action.ts';
import { drillEventsStatement } from './own-events.ts';
import { acknowledgeWildcard } from './security-acknowledgements.ts';

export interface DrillsProps {
  readonly pipeline: string;
  readonly history: ILogGroup;
}

/**
 * What whoever holds drills needs: a managed policy, to be put on a role of its own. It lets them begin drills, which do nothing, follow them
 * in the history and write down there that they did; it lets them read and change nothing else.
 */
export class Drills extends Construct {
  readonly policy: ManagedPolicy;

  constructor(scope: Construct, id: string, { pipeline, history }: DrillsProps) {
    super(scope, id);
    const place = (service: string) => `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}`;
    const ownStreams = `${place('logs')}:log-group:${historyName(pipeline)}:log-stream:${OPERATORS_STREAM}/*`;
    this.policy = new ManagedPolicy(this, 'Policy', {
      // Without a description, since a changed one would replace the policy under its own name.
      managedPolicyName: `${pipeline}-drills-${Aws.REGION}`,
      statements: [
        drillEventsStatement(pipeline),
        new PolicyStatement({
          actions: ['ssm:GetParameter'],
          resources: [manifestName, formerManifestName].map((nameOf) => `${place('ssm')}:parameter${nameOf(pipeline)}`),
        }),
        new PolicyStatement({ actions: ['logs:FilterLogEvents'], resources: [history.logGroupArn] }),
        new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [ownStreams] }),
      ],
    });
    acknowledgeWildcard(this.policy, ownStreams, 'One stream of the operators for each day.');
  }
}
