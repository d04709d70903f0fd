import { Aws, Lazy } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { quotaCodes } from '../../lambdas/core/doctor/quota-codes.ts';
import { pauseName } from '../../lambdas/core/manifest.ts';
import type { Group } from '../../lambdas/core/policy.ts';
import type { ApprovalLinks } from './approval-links.ts';
import { CommandDocument } from './command-document.ts';
import type { NoticeParts } from './incident-tools.ts';
import type { Intake } from './intake.ts';
import { MemberCommands } from './member-commands.ts';
import type { Operators } from './operators.ts';
import type { PipelineRecords } from './pipeline-records.ts';
import { acknowledgeUnscoped, acknowledgeWildcard } from './security-acknowledgements.ts';

export interface DoctorAccessProps {
  readonly records: Pick<PipelineRecords, 'pipeline' | 'notifications' | 'incidents' | 'hubLink'>;
  readonly intake: Intake;
  readonly operators: Operators;
  /** Undefined where there are none. */
  readonly tools: NoticeParts | undefined;
  /** Undefined where nobody answers by links. */
  readonly links: ApprovalLinks | undefined;
}

/** Describe calls that know no resource, or serve everything that is protected. */
const UNSCOPED = [
  'autoscaling:DescribeAutoScalingGroups',
  'cloudwatch:DescribeAlarms',
  'cloudwatch:GetMetricData',
  'ec2:DescribeInstances',
  'events:ListRuleNamesByTarget',
  'events:ListRules',
  'rds:DescribeDBClusters',
  'rds:DescribeDBInstances',
  'ssm:DescribeInstanceInformation',
  'ssm:GetCommandInvocation',
];

/**
 * What the command `doctor` needs: a managed policy of reads, to be put on the role of whoever sets the pipeline up, and a read-only
 * document by which it asks the machines for their services and their clock. It is apart from the policy of the operators, who need
 * none of it to handle an incident.
 */
export class DoctorAccess extends Construct {
  readonly policy: ManagedPolicy;
  readonly #members: MemberCommands;

  constructor(scope: Construct, id: string, { records, intake, operators, tools, links }: DoctorAccessProps) {
    super(scope, id);
    const { pipeline, notifications, incidents, hubLink } = records;
    const { documentName } = new CommandDocument(this, 'LookAtNode', {
      documentName: `${pipeline}-look-at-node`,
      script: 'look-at-node',
      description: {
        description: 'Says what time it is on the machine, and how its services stand; changes nothing',
        parameters: {
          Services: { description: 'Names of services, with spaces between', allowedPattern: '^[A-Za-z0-9@._ -]+$', default: '-' },
        },
        timeoutSeconds: 60,
      },
    });
    const own = (service: string, resource: string) => `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;
    const iam = (resource: string) => `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:${resource}`;
    const [rules, profiles, roles] = [own('events', 'rule/*'), iam('instance-profile/*'), iam('role/*')];
    const [addresses, connections] = [own('events', `api-destination/${pipeline}-*`), own('events', `connection/${pipeline}-*`)];
    const hasAddresses = (tools?.posts.length ?? 0) > 0;
    this.policy = new ManagedPolicy(this, 'Policy', {
      // Without a description, since a changed one would replace the policy under its own name.
      managedPolicyName: `${pipeline}-doctor-${Aws.REGION}`,
      statements: [
        statement(UNSCOPED, '*'),
        new PolicyStatement({
          actions: ['ssm:GetParameter'],
          resources: Lazy.list({ produce: () => operators.manifests.map((name) => own('ssm', `parameter${name}`)) }),
        }),
        statement(['ssm:GetParameterHistory'], own('ssm', `parameter${pauseName(pipeline)}`)),
        statement(['events:ListTargetsByRule'], rules),
        statement(
          ['sns:ListSubscriptionsByTopic'],
          ...[notifications.topic, notifications.chat?.topic, ...(links?.holders ?? []).map(({ topic }) => topic)].flatMap(
            (topic) => topic?.topicArn ?? [],
          ),
        ),
        statement(
          ['sqs:GetQueueUrl', 'sqs:GetQueueAttributes'],
          ...[intake.deadLetters, tools?.undelivered].flatMap((queue) => queue?.queueArn ?? []),
        ),
        ...(hasAddresses ? [statement(['events:DescribeApiDestination', 'events:DescribeConnection'], addresses, connections)] : []),
        statement(['iam:GetInstanceProfile'], profiles),
        statement(['iam:SimulatePrincipalPolicy'], roles),
        statement(
          ['servicequotas:GetServiceQuota'],
          ...Object.values(quotaCodes).map(({ service, code }) => own('servicequotas', `${service}/${code}`)),
        ),
        statement(['ssm:SendCommand'], own('ssm', `document/${documentName}`)),
      ],
    });
    if (hubLink) incidents.grantReadHubPause(this.policy);
    this.#members = new MemberCommands(this.policy, {
      id: 'self-healing:doctor-room',
      says: 'the policy of the doctor has no room for all fleets: for the others "doctor --on-nodes" needs a right of its own',
    });
    acknowledgeUnscoped(this.policy);
    for (const each of hasAddresses ? [addresses, connections] : [])
      acknowledgeWildcard(this.policy, each, 'EventBridge puts an id of its own behind the names of the pipeline; both actions only read.');
    acknowledgeWildcard(this.policy, rules, 'CloudFormation names the schedules that say what the agents of the fleets must send.');
    for (const each of [profiles, roles])
      acknowledgeWildcard(this.policy, each, 'Which roles the instances have is known only when they run; both actions only read.');
  }

  /** Lets the read-only document be sent to the instances of a group. */
  add(group: Group): void {
    this.#members.add(group);
  }
}

function statement(actions: readonly string[], ...resources: readonly string[]): PolicyStatement {
  return new PolicyStatement({ actions: [...actions], resources: [...resources] });
}
