import { Aws, Lazy } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { quotaCodes } from '../../lambdas/core/doctor/quota-codes.ts';
import { manifestName, pauseName } from '../../lambdas/core/manifest.ts';
import type { Group } from '../../lambdas/core/policy.ts';
import { GROUP_TAG } from '../../lambdas/core/selection.ts';
import { CommandDocument } from './command-document.ts';
import type { Intake } from './intake.ts';
import type { PipelineRecords } from './pipeline-records.ts';
import { acknowledgeUnscoped, acknowledgeWildcard } from './security-acknowledgements.ts';

export interface DoctorAccessProps {
  readonly records: Pick<PipelineRecords, 'pipeline' | 'notifications'>;
  readonly intake: Intake;
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
  readonly #tags = new Map<string, Set<string>>();

  constructor(scope: Construct, id: string, { records, intake }: DoctorAccessProps) {
    super(scope, id);
    const { pipeline, notifications } = records;
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
    this.policy = new ManagedPolicy(this, 'Policy', {
      // Without a description, since a changed one would replace the policy under its own name.
      managedPolicyName: `${pipeline}-doctor-${Aws.REGION}`,
      statements: [
        statement(UNSCOPED, '*'),
        statement(['ssm:GetParameter'], own('ssm', `parameter${manifestName(pipeline)}`)),
        statement(['ssm:GetParameterHistory'], own('ssm', `parameter${pauseName(pipeline)}`)),
        statement(['events:ListTargetsByRule'], rules),
        statement(['sns:ListSubscriptionsByTopic'], notifications.topic.topicArn),
        statement(['sqs:GetQueueUrl', 'sqs:GetQueueAttributes'], intake.deadLetters.queueArn),
        statement(['iam:GetInstanceProfile'], profiles),
        statement(['iam:SimulatePrincipalPolicy'], roles),
        statement(
          ['servicequotas:GetServiceQuota'],
          ...Object.values(quotaCodes).map(({ service, code }) => own('servicequotas', `${service}/${code}`)),
        ),
        statement(['ssm:SendCommand'], own('ssm', `document/${documentName}`)),
      ],
    });
    acknowledgeUnscoped(this.policy);
    acknowledgeWildcard(this.policy, rules, 'CloudFormation names the schedules that say what the agents of the fleets must send.');
    for (const each of [profiles, roles])
      acknowledgeWildcard(this.policy, each, 'Which roles the instances have is known only when they run; both actions only read.');
  }

  /** Lets the read-only document be sent to the instances of a group. */
  add(group: Group): void {
    if (group.kind === 'tagged') this.#reachTag(group.key, group.value);
    if (group.kind === 'auto-scaling-group') this.#reachTag(GROUP_TAG, group.name);
    const ids =
      group.kind === 'instances' ? group.ids : group.kind === 'single' && group.target.kind === 'instance' ? [group.target.id] : [];
    if (ids.length > 0) this.policy.addStatements(statement(['ssm:SendCommand'], ...ids.map(instance)));
  }

  /** All values of a key are one statement, since a managed policy holds 6,144 characters. */
  #reachTag(key: string, value: string): void {
    const known = this.#tags.get(key);
    if (known) return void known.add(value);
    const values = new Set([value]);
    this.#tags.set(key, values);
    this.policy.addStatements(
      new PolicyStatement({
        actions: ['ssm:SendCommand'],
        resources: [instance('*')],
        conditions: { StringEquals: { [`ssm:resourceTag/${key}`]: Lazy.list({ produce: () => [...values] }) } },
      }),
    );
    acknowledgeWildcard(this.policy, instance('*'), 'They change by themselves; the condition on their tag bounds it.');
  }
}

function statement(actions: readonly string[], ...resources: readonly string[]): PolicyStatement {
  return new PolicyStatement({ actions: [...actions], resources: [...resources] });
}

function instance(id: string): string {
  return `arn:${Aws.PARTITION}:ec2:${Aws.REGION}:${Aws.ACCOUNT_ID}:instance/${id}`;
}
