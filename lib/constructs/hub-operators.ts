import { Aws } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { historyName, pauseName } from '../../lambdas/core/manifest.ts';
import { OPERATORS_STREAM } from '../../lambdas/core/operator-action.ts';
import { linksIn, onlyDrillRequests } from './hub-link.ts';
import { acknowledgeWildcard } from './security-acknowledgements.ts';

export interface HubOperatorsProps {
  readonly hub: string;
  readonly table: ITable;
  readonly history: ILogGroup;
  /** To whose pipelines they may send: as a condition, since a managed policy has no room for the ARNs of a hundred accounts. */
  readonly linkConditions: Readonly<Record<string, unknown>>;
}

/**
 * What people need who operate a hub: they see what pipelines reported, set the hub's switch, and ask pipelines for drills, which those
 * hold themselves that let the hub ask. They reach nothing else in another account by it.
 */
export class HubOperators extends Construct {
  readonly policy: ManagedPolicy;

  constructor(scope: Construct, id: string, { hub, table, history, linkConditions }: HubOperatorsProps) {
    super(scope, id);
    const place = (service: string) => `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}`;
    const links = linksIn('*');
    const ownStreams = `${place('logs')}:log-group:${historyName(hub)}:log-stream:${OPERATORS_STREAM}/*`;
    this.policy = new ManagedPolicy(this, 'Policy', {
      // IAM knows no Regions.
      managedPolicyName: `${hub}-operators-${Aws.REGION}`,
      statements: [
        new PolicyStatement({
          actions: ['ssm:GetParameter', 'ssm:GetParameterHistory', 'ssm:PutParameter'],
          resources: [`${place('ssm')}:parameter${pauseName(hub)}`],
        }),
        new PolicyStatement({ actions: ['dynamodb:Query'], resources: [table.tableArn] }),
        new PolicyStatement({ actions: ['logs:FilterLogEvents'], resources: [history.logGroupArn] }),
        new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [ownStreams] }),
        new PolicyStatement({
          actions: ['events:PutEvents'],
          resources: [links],
          conditions: { ...onlyDrillRequests, ...linkConditions },
        }),
      ],
    });
    acknowledgeWildcard(
      this.policy,
      links,
      'Only when pipelines report is known in which Regions they are; a condition bounds their accounts.',
    );
    acknowledgeWildcard(this.policy, ownStreams, 'One stream of the operators for each day.');
  }
}
