import type { Template } from 'aws-cdk-lib/assertions';
import { onlyResource, resources } from '../template.ts';
import type { AwsRequest, Named, Names } from './authorization.ts';
import { place } from './place.ts';

type Part = Pick<AwsRequest, 'on' | 'context' | 'outsideReference'>;

/** A request that must be denied: what of the own one is exchanged. */
export interface Foreign {
  readonly what: string;
  readonly on?: Readonly<Record<string, Named>>;
  readonly context?: AwsRequest['context'];
}

/** One action of the pipeline's: who sends it, on what it must be allowed, and on what not. */
export interface RequestRow {
  readonly action: string;
  /** Why it is sent, where no command of an adapter sends it. */
  readonly because?: string;
  readonly by: readonly string[];
  /** What the requests of a sender name; each must be allowed. */
  readonly own: (sender: string) => readonly Part[];
  /** Besides another Region, another account and missing tags, which are tried with everything that is not for all resources. */
  readonly foreign?: readonly Foreign[];
  /** It may be sent for every resource: only reads, which `unscopedActions` lists with their reasons. */
  readonly everywhere?: true;
}

const INSTANCE = 'i-0123456789abcdef0';
const commandRemedies = ['clear-caches', 'grow-file-system', 'reconnect-sessions', 'restart-instance', 'restart-service'];
/** Those that send one, be it only to look. */
const commandSenders = [...commandRemedies, 'grow-volume'];
const remedies = [
  ...['add-capacity', 'fail-over-database', 'grow-storage', 'grow-volume', 'move-instance', 'reboot-database'],
  ...['release-sessions', 'replace-instance', 'run-runbook', 'wait-and-see', ...commandRemedies],
].map(remedyRole);
/** Those that ask the guardrails. */
const asking = ['triage', 'consider-give-back'];
/** Those that tell people. */
const telling = ['triage', 'verify', 'conclude', 'report-give-back', 'ask', 'intake', 'sweep', 'digest'];
/** Functions behind the rules for notices. */
const toTools = ['keep-ops-items', 'post-to-investigate'];
const giveBacks = ['give-back-add-capacity'];
/** Those that read what a hand-off tells. */
const looking = ['diagnose', 'diagnose-at-database'];
const steps = [...asking, 'verify', 'conclude', 'report-give-back', 'ask', 'sweep', 'provider-events', ...remedies, ...giveBacks];

const tagged: Named = { names: { InstanceId: INSTANCE }, tags: { SelfHeal: 'enabled' } };
const foreignInstances: readonly Foreign[] = [
  { what: 'an instance with another value of the tag', on: { instance: { ...tagged, tags: { SelfHeal: 'disabled' } } } },
  { what: 'a member of a group that is not protected', on: { instance: { ...tagged, tags: { 'aws:autoscaling:groupName': 'batch' } } } },
  { what: 'an instance with the value in another case', on: { instance: { ...tagged, tags: { SelfHeal: 'Enabled' } } } },
];

const foreignTags: readonly Foreign[] = [
  { what: 'in the name of another pipeline', context: { 'aws:RequestTag/self-healing': 'healing2' } },
  { what: 'without a tag', context: { 'aws:RequestTag/self-healing': undefined } },
];

/** Every request that the pipeline of the complete example sends. */
export function requestRows(template: Template): readonly RequestRow[] {
  const table = onlyResource('AWS::DynamoDB::GlobalTable', template).Properties.TableName as string;
  const maker = [...resources('AWS::Lambda::Function', template).keys()].find((id) => id.includes('PauseSwitchMaker')) ?? '';
  const deadLetters = [...resources('AWS::SQS::Queue', template).keys()].find((id) => id.includes('DeadLetters')) ?? '';
  const undelivered = [...resources('AWS::SQS::Queue', template).keys()].find((id) => id.includes('Undelivered')) ?? '';
  const topics = [...resources('AWS::SNS::Topic', template)];
  const topic = topics.map(([, { Properties }]) => Properties.TopicName as string | undefined).find(Boolean) ?? '';
  const ofHolders = topics.flatMap(([id, { Properties }]) => (Properties.TopicName === undefined ? [id] : []));
  const own = (on: Record<string, Named>, context?: AwsRequest['context']) => () => [{ on, ...(context && { context }) }];
  const of = (names: Names): Named => ({ names });
  const any = own({});
  const everywhere = true as const;
  const associations = [...resources('AWS::SSM::Association', template).keys()];
  const dispatchers = [...resources('AWS::IAM::Role', template).keys()].filter((id) => id.includes('Dispatch'));

  const destinations = [...resources('AWS::Events::ApiDestination', template).values()].map(({ Properties }) => Properties.Name as string);
  const posters = [...resources('AWS::IAM::Role', template).keys()].filter((id) => /IncidentTools[a-z]+Role/.test(id));

  return [
    // What is only read, and AWS lets nobody narrow.
    {
      action: 'autoscaling:DescribeAutoScalingGroups',
      by: ['doctor', ...asking, 'verify', ...giveBacks, ...at('add-capacity', 'replace-instance', 'restart-instance')],
      own: any,
      everywhere,
    },
    { action: 'autoscaling:DescribeScalingActivities', by: ['diagnose'], own: any, everywhere },
    { action: 'rds:DescribeEvents', by: ['diagnose'], own: any, everywhere },
    {
      action: 'autoscaling:DescribeInstanceRefreshes',
      by: ['diagnose', ...asking, 'verify', ...at('replace-instance')],
      own: any,
      everywhere,
    },
    {
      action: 'cloudwatch:DescribeAlarms',
      by: ['doctor', 'intake', ...asking, 'verify', 'sweep'],
      own: own({ alarm: of({ AlarmName: '*' }) }),
      everywhere,
    },
    {
      action: 'cloudwatch:DescribeAlarmContributors',
      by: ['intake', ...asking, 'verify', 'sweep'],
      // The reference of September 2026 does not have the action; whether by its own name or as DescribeAlarms, it is granted for all alarms.
      own: () => [
        { on: {}, outsideReference: [`arn:${place.partition}:cloudwatch:${place.region}:${place.account}:alarm:healing-Fleet-memory`] },
      ],
      everywhere,
    },
    {
      action: 'cloudwatch:GetAlarmMuteRule',
      by: ['sweep'],
      own: own({ 'alarm-mute-rule': of({ AlarmMuteRuleName: 'night' }) }),
      everywhere,
    },
    {
      action: 'cloudwatch:ListAlarmMuteRules',
      by: ['intake', 'triage', 'sweep'],
      own: own({ 'alarm-mute-rule': of({ AlarmMuteRuleName: '*' }) }),
      everywhere,
    },
    {
      action: 'cloudwatch:GetMetricData',
      by: ['doctor', 'intake', ...asking, 'sweep', 'verify', 'watch-agents', ...at('grow-storage')],
      own: any,
      everywhere,
    },
    {
      action: 'ec2:DescribeInstances',
      by: [
        'diagnose',
        'doctor',
        ...asking,
        'verify',
        'read-status-checks',
        'watch-agents',
        ...at('grow-volume', 'move-instance', 'replace-instance', 'restart-instance'),
      ],
      own: any,
      everywhere,
    },
    { action: 'ec2:DescribeInstanceTypes', by: ['verify', ...at('move-instance')], own: any, everywhere },
    // The runbook of move-instance asks it, too.
    {
      action: 'ec2:DescribeInstanceStatus',
      by: ['diagnose', 'intake', 'triage', 'verify', 'read-status-checks', ...at('move-instance', 'restart-instance')],
      own: any,
      everywhere,
    },
    { action: 'ec2:DescribeVolumes', by: ['verify', ...at('grow-volume', 'move-instance')], own: any, everywhere },
    { action: 'ec2:DescribeVolumesModifications', by: ['verify', ...at('grow-volume')], own: any, everywhere },
    { action: 'elasticloadbalancing:DescribeTargetHealth', by: ['diagnose', ...asking, 'intake', 'verify'], own: any, everywhere },
    { action: 'events:ListRules', by: ['doctor', 'sweep'], own: any, everywhere },
    {
      action: 'rds:DescribeDBClusters',
      by: ['diagnose', 'doctor', ...asking, 'verify', ...at('fail-over-database', 'reboot-database')],
      own: any,
      everywhere,
    },
    {
      action: 'rds:DescribeDBInstances',
      by: ['diagnose', 'doctor', 'intake', ...asking, 'verify', ...at('fail-over-database', 'grow-storage', 'reboot-database')],
      own: any,
      everywhere,
    },
    {
      action: 'ssm:DescribeInstanceInformation',
      by: ['diagnose', 'doctor', 'verify', ...commandSenders.map(remedyRole)],
      own: any,
      everywhere,
    },
    {
      action: 'ssm:GetAutomationExecution',
      by: ['verify', ...at('move-instance', 'run-runbook')],
      own: own({ 'automation-execution': of({ AutomationExecutionId: '4f1d0c3e-0000-4000-8000-000000000001' }) }),
      everywhere,
    },
    { action: 'ssm:GetCommandInvocation', by: ['diagnose', 'doctor', 'verify', ...commandSenders.map(remedyRole)], own: any, everywhere },
    { action: 'ssm:ListCommands', by: commandRemedies.map(remedyRole), own: any, everywhere },

    // Whoever looks the pipeline over.
    { action: 'events:ListRuleNamesByTarget', by: ['doctor'], own: any, everywhere },
    {
      action: 'events:ListTargetsByRule',
      by: ['doctor'],
      own: own({ 'rule-on-default-event-bus': of({ RuleName: 'healing.Fleet-memory' }) }),
    },
    {
      action: 'sns:ListSubscriptionsByTopic',
      by: ['doctor'],
      own: own({ topic: of({ TopicName: topic }) }),
      foreign: [{ what: 'another topic', on: { topic: of({ TopicName: 'board' }) } }],
    },
    // The CDK gives both to whoever may send messages to the queue.
    ...(['sqs:GetQueueUrl', 'sqs:GetQueueAttributes'] as const).map((action) => ({
      action,
      by: ['doctor', 'intake', 'provider-events'],
      own: own({ queue: of({ QueueName: deadLetters }) }),
      foreign: [{ what: 'another queue', on: { queue: of({ QueueName: 'orders' }) } }],
    })),
    ...(['sqs:GetQueueUrl', 'sqs:GetQueueAttributes'] as const).map((action) => ({
      action,
      by: ['doctor', 'record-not-sent', ...toTools],
      own: own({ queue: of({ QueueName: undelivered }) }),
      foreign: [{ what: 'another queue', on: { queue: of({ QueueName: 'orders' }) } }],
    })),
    ...(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'] as const).map((action) => ({
      action,
      because: 'Lambda reads the queue with the role of the function that it calls for it',
      by: ['record-not-sent'],
      own: own({ queue: of({ QueueName: undelivered }) }),
      foreign: [{ what: 'the queue of events that were not taken in', on: { queue: of({ QueueName: deadLetters }) } }],
    })),
    {
      action: 'events:DescribeApiDestination',
      by: ['doctor'],
      own: own({
        'api-destination': of({ ApiDestinationName: 'healing-oncall-open' }),
        connection: of({ ConnectionName: 'healing-oncall' }),
      }),
      foreign: [
        {
          what: 'an address of others',
          on: { 'api-destination': of({ ApiDestinationName: 'payroll' }), connection: of({ ConnectionName: 'payroll' }) },
        },
      ],
    },
    {
      action: 'events:DescribeConnection',
      by: ['doctor'],
      own: own({ connection: of({ ConnectionName: 'healing-oncall' }) }),
      foreign: [{ what: 'a connection of others', on: { connection: of({ ConnectionName: 'payroll' }) } }],
    },
    {
      action: 'iam:GetInstanceProfile',
      by: ['doctor'],
      own: own({ 'instance-profile': of({ InstanceProfileNameWithPath: 'web' }) }),
    },
    { action: 'iam:SimulatePrincipalPolicy', by: ['doctor'], own: own({ role: of({ RoleNameWithPath: 'web' }) }) },
    {
      action: 'servicequotas:GetServiceQuota',
      by: ['doctor'],
      own: own({ quota: of({ ServiceCode: 'events', QuotaCode: 'L-244521F2' }) }),
      foreign: [{ what: 'another quota', on: { quota: of({ ServiceCode: 'ec2', QuotaCode: 'L-1216C47A' }) } }],
    },
    {
      action: 'ssm:SendCommand',
      by: ['doctor'],
      own: own({ document: of({ DocumentName: 'healing-look-at-node' }), instance: tagged }),
      foreign: [
        ...foreignInstances,
        { what: 'a document that acts', on: { document: of({ DocumentName: 'healing-restart-service' }) } },
        { what: 'a document of AWS that runs any script', on: { document: of({ Account: '', DocumentName: 'AWS-RunShellScript' }) } },
      ],
    },
    {
      action: 'ssm:GetParameter',
      by: ['doctor'],
      own: own({ parameter: of({ ParameterNameWithoutLeadingSlash: 'self-healing/healing/manifest' }) }),
      foreign: [{ what: 'a parameter of others', on: { parameter: of({ ParameterNameWithoutLeadingSlash: 'payroll/password' }) } }],
    },
    // The role of instances is made with the rights of whoever sets the account up, which no policy of the pipeline gives.
    ...['CreateStack', 'DescribeStacks', 'UpdateStack'].map((name) => ({ action: `cloudformation:${name}`, by: [], own: any })),
    // What the pipeline costs is read by who may read its stack.
    ...['DescribeStackResources', 'GetTemplate', 'ListStackResources'].map((name) => ({
      action: `cloudformation:${name}`,
      by: [],
      own: any,
    })),

    // The agents of the fleets.
    ...(['ssm:DescribeAssociation', 'ssm:UpdateAssociation'] as const).map((action) => ({
      action,
      by: ['watch-agents'],
      own: () =>
        associations.map((AssociationId) => ({
          on: {
            association: of({ AssociationId }),
            ...(action.includes('Update') && { document: of({ DocumentName: 'healing-configure-agent' }) }),
          },
        })),
      foreign: [{ what: 'an association of somebody else', on: { association: of({ AssociationId: 'patching' }) } }],
    })),
    {
      action: 'iam:PassRole',
      because: 'State Manager is handed the role under which it sends the document of the agents',
      by: ['watch-agents'],
      own: () =>
        dispatchers.map((RoleNameWithPath) => ({
          on: { role: of({ RoleNameWithPath }) },
          context: { 'iam:PassedToService': 'ssm.amazonaws.com' },
        })),
      foreign: [
        { what: 'another role', on: { role: of({ RoleNameWithPath: 'admin' }) } },
        { what: 'another service', context: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
      ],
    },

    // What opens and closes alerts in tools.
    { action: 'ssm:DescribeOpsItems', by: ['keep-ops-items'], own: any, everywhere },
    {
      action: 'ssm:CreateOpsItem',
      by: ['keep-ops-items'],
      own: own({}, { 'aws:RequestTag/self-healing': 'healing' }),
      foreign: foreignTags,
    },
    {
      action: 'ssm:AddTagsToResource',
      because: 'Systems Manager asks for it when an OpsItem is made with a tag',
      by: ['keep-ops-items'],
      own: own({ opsitem: of({ ResourceId: 'oi-0123456789ab' }) }, { 'aws:RequestTag/self-healing': 'healing' }),
      foreign: foreignTags,
    },
    {
      action: 'ssm:UpdateOpsItem',
      by: ['keep-ops-items'],
      own: own({ opsitem: { names: { ResourceId: 'oi-0123456789ab' }, tags: { 'self-healing': 'healing' } } }),
      foreign: [
        {
          what: 'an OpsItem of another pipeline',
          on: { opsitem: { names: { ResourceId: 'oi-0123456789ab' }, tags: { 'self-healing': 'healing2' } } },
        },
      ],
    },

    {
      action: 'secretsmanager:GetSecretValue',
      by: ['post-to-investigate'],
      own: own({ Secret: of({ SecretId: 'tools/investigate-a1B2c3' }) }),
      foreign: [
        { what: 'another secret', on: { Secret: of({ SecretId: 'tools/oncall-a1B2c3' }) } },
        { what: 'the login of a database', on: { Secret: of({ SecretId: 'orders/self-healing-a1B2c3' }) } },
      ],
    },
    {
      action: 'events:InvokeApiDestination',
      because: 'EventBridge posts to a tool with the role of its rules',
      by: posters,
      own: (sender) =>
        destinations
          .filter((name) => sender.includes(`IncidentTools${name.split('-')[1]}Role`))
          .map((ApiDestinationName) => ({ on: { 'api-destination': of({ ApiDestinationName }) } })),
      foreign: [{ what: 'another address', on: { 'api-destination': of({ ApiDestinationName: 'payroll' }) } }],
    },

    // What acts on targets.
    {
      action: 'ssm:SendCommand',
      by: ['diagnose', ...commandSenders.map(remedyRole)],
      own: (sender) => [{ on: { document: of({ DocumentName: `healing-${sender.replace('remediate-', '')}` }), instance: tagged } }],
      foreign: [
        ...foreignInstances,
        { what: 'a document of AWS that runs any script', on: { document: of({ Account: '', DocumentName: 'AWS-RunShellScript' }) } },
        { what: 'a document of somebody else in the account', on: { document: of({ DocumentName: 'Admin-Shell' }) } },
        { what: 'the document of another pipeline', on: { document: of({ DocumentName: 'healing2-clear-caches' }) } },
      ],
    },
    { action: 'ec2:RebootInstances', by: at('restart-instance'), own: own({ instance: tagged }), foreign: foreignInstances },
    {
      action: 'ec2:ModifyVolume',
      by: at('grow-volume'),
      own: own({ volume: { names: { VolumeId: 'vol-0123456789abcdef0' }, tags: { SelfHeal: 'enabled' } } }),
      foreign: [
        { what: 'a volume with another value', on: { volume: { names: { VolumeId: 'vol-0123456789abcdef0' }, tags: { SelfHeal: 'no' } } } },
      ],
    },
    ...(['autoscaling:SetDesiredCapacity', 'autoscaling:UpdateAutoScalingGroup'] as const).map((action) => ({
      action,
      by: [...giveBacks, ...at('add-capacity')],
      own: own({ autoScalingGroup: group('web') }),
      foreign: [
        { what: 'another group', on: { autoScalingGroup: group('batch') } },
        { what: 'a group whose name only begins so', on: { autoScalingGroup: group('web-canary') } },
        { what: 'another group with the tag of a fleet', on: { autoScalingGroup: { ...group('batch'), tags: { SelfHeal: 'enabled' } } } },
      ],
    })),
    {
      action: 'autoscaling:SetInstanceHealth',
      by: at('replace-instance'),
      own: () => [
        { on: { autoScalingGroup: group('web') } },
        { on: { autoScalingGroup: { ...group('shop'), tags: { SelfHeal: 'enabled' } } } },
      ],
      foreign: [
        { what: 'a group that is neither named nor tagged', on: { autoScalingGroup: group('batch') } },
        { what: 'a group with another value of the tag', on: { autoScalingGroup: { ...group('batch'), tags: { SelfHeal: 'disabled' } } } },
      ],
    },
    {
      action: 'rds:RebootDBInstance',
      by: at('fail-over-database', 'reboot-database'),
      own: own({ db: of({ DbInstanceName: 'orders' }) }),
      foreign: foreignDatabases('db', 'DbInstanceName'),
    },
    {
      action: 'rds:ModifyDBInstance',
      by: at('grow-storage'),
      own: own({ db: of({ DbInstanceName: 'orders' }) }),
      foreign: foreignDatabases('db', 'DbInstanceName'),
    },
    ...(['rds:FailoverDBCluster', 'rds:RebootDBCluster'] as const).map((action) => ({
      action,
      by: at(action === 'rds:FailoverDBCluster' ? 'fail-over-database' : 'reboot-database'),
      own: own({ cluster: of({ DbClusterInstanceName: 'stock' }) }),
      foreign: foreignDatabases('cluster', 'DbClusterInstanceName'),
    })),
    {
      action: 'ssm:DescribeDocument',
      by: at('run-runbook'),
      own: own({ document: of({ DocumentName: 'Shop-RestartWorkers' }) }),
      foreign: [{ what: 'another document', on: { document: of({ DocumentName: 'Admin-Shell' }) } }],
    },
    {
      action: 'ssm:StartAutomationExecution',
      by: at('move-instance', 'run-runbook'),
      own: (sender) => [
        {
          on: runbook(
            sender.includes('move') ? { Account: '', DocumentName: 'AWS-RestartEC2Instance' } : { DocumentName: 'Shop-RestartWorkers' },
          ),
        },
      ],
      foreign: [
        { what: 'another runbook of AWS', on: runbook({ Account: '', DocumentName: 'AWS-TerminateEC2Instance' }) },
        { what: 'another runbook of the account', on: runbook({ DocumentName: 'Admin-Everything' }) },
        { what: 'a runbook whose name only begins so', on: runbook({ DocumentName: 'Shop-RestartWorkersAndMore' }) },
      ],
    },
    {
      action: 'iam:PassRole',
      because: 'Automation is handed the role of a runbook',
      by: at('run-runbook'),
      own: own({ role: of({ RoleNameWithPath: 'shop-runbooks' }) }, { 'iam:PassedToService': 'ssm.amazonaws.com' }),
      foreign: [
        { what: 'another role', on: { role: of({ RoleNameWithPath: 'admin' }) } },
        { what: 'another service', context: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
      ],
    },
    ...(['ec2:StopInstances', 'ec2:StartInstances'] as const).map((action) => ({
      action,
      because: 'the runbook AWS-RestartEC2Instance acts with the rights of whoever starts it',
      by: at('move-instance'),
      own: own({ instance: tagged }),
      foreign: foreignInstances,
    })),
    {
      action: 'kms:CreateGrant',
      because: 'EC2 asks for it when it starts an instance whose volumes are encrypted',
      by: at('move-instance'),
      own: own({ key: of({ KeyId: '0f0f0f0f-0000-4000-8000-000000000001' }) }, { 'kms:GrantIsForAWSResource': 'true' }),
      foreign: [
        { what: 'another key', on: { key: of({ KeyId: '0f0f0f0f-0000-4000-8000-000000000002' }) } },
        { what: 'a grant that is for nobody of AWS', context: { 'kms:GrantIsForAWSResource': 'false' } },
      ],
    },

    // ChangeConditions and logins.
    {
      action: 'secretsmanager:GetSecretValue',
      by: ['diagnose-at-database', ...at('release-sessions'), 'Database-unreachable-probe'],
      own: own({ Secret: of({ SecretId: 'orders/self-healing-a1B2c3' }) }),
      foreign: [
        { what: 'another secret', on: { Secret: of({ SecretId: 'orders/admin-a1B2c3' }) } },
        { what: 'a secret whose name only begins so', on: { Secret: of({ SecretId: 'orders/self-healing-admin-a1B2c3' }) } },
      ],
    },

    // The pipeline's own parts.
    {
      action: 'states:StartExecution',
      by: ['intake'],
      own: own({ statemachine: of({ StateMachineName: 'healing-workflow' }) }),
      foreign: [{ what: 'another state machine', on: { statemachine: of({ StateMachineName: 'payroll' }) } }],
    },
    {
      action: 'states:ListExecutions',
      by: ['sweep', 'operators'],
      // Of the two types that the reference has, a map run is named by whoever lists the executions of one; the pipeline has none.
      own: () => [{ on: {}, outsideReference: [workflowArn('stateMachine', 'healing-workflow')] }],
      foreign: [],
    },
    {
      action: 'states:DescribeExecution',
      by: ['sweep'],
      own: () => [{ on: {}, outsideReference: [workflowArn('execution', 'healing-workflow:incident-1')] }],
    },
    {
      action: 'states:GetExecutionHistory',
      by: ['sweep'],
      own: own({ execution: of({ StateMachineName: 'healing-workflow', ExecutionId: 'incident-1' }) }),
      foreign: [
        {
          what: 'an execution of another state machine',
          on: { execution: of({ StateMachineName: 'payroll', ExecutionId: 'incident-1' }) },
        },
      ],
    },
    {
      action: 'states:SendTaskSuccess',
      by: ['operators', 'answer-by-link'],
      // The reference has no resource for it; Step Functions authorises it on the state machine that gave the token (aws/aws-cdk#8486).
      own: () => [{ on: {}, outsideReference: [workflowArn('stateMachine', 'healing-workflow')] }],
    },
    {
      action: 'lambda:InvokeFunction',
      because: 'Step Functions calls the steps with the role of the workflow',
      by: ['workflow'],
      own: () =>
        [...asking, 'verify', 'conclude', 'report-give-back', 'ask', 'diagnose', 'diagnose-at-database', ...remedies, ...giveBacks].map(
          (name) => ({
            on: { function: of({ FunctionName: `healing-${name}` }) },
          }),
        ),
      foreign: [
        { what: 'a function of others', on: { function: of({ FunctionName: 'payroll' }) } },
        { what: 'the sweep', on: { function: of({ FunctionName: 'healing-sweep' }) } },
      ],
    },
    {
      action: 'sns:Publish',
      by: telling,
      own: () => [topic, 'healing-chat'].map((TopicName) => ({ on: { topic: of({ TopicName }) } })),
      foreign: [{ what: 'another topic', on: { topic: of({ TopicName: 'board' }) } }],
    },
    {
      action: 'sns:Publish',
      by: ['ask'],
      own: () => ofHolders.map((TopicName) => ({ on: { topic: of({ TopicName }) } })),
      foreign: [{ what: 'another topic', on: { topic: of({ TopicName: 'board' }) } }],
    },
    {
      action: 'events:PutEvents',
      by: ['sweep', 'read-status-checks'],
      own: own({ 'event-bus': of({ EventBusName: 'default' }) }, { 'events:source': ['self-healing.healing', 'self-healing.healing'] }),
      foreign: [
        { what: 'another bus', on: { 'event-bus': of({ EventBusName: 'orders' }) } },
        { what: 'the source of another pipeline', context: { 'events:source': 'self-healing.healing2' } },
        { what: 'a source of somebody else', context: { 'events:source': 'com.example.orders' } },
        { what: 'an event of another source among its own', context: { 'events:source': ['self-healing.healing', 'com.example.orders'] } },
        { what: 'no source at all', context: { 'events:source': undefined } },
      ],
    },
    {
      action: 'events:PutEvents',
      by: ['drills'],
      own: own(
        { 'event-bus': of({ EventBusName: 'default' }) },
        { 'events:source': ['self-healing-drill.healing'], 'events:detail-type': ['Self-Healing Drill'] },
      ),
      foreign: [
        { what: 'another bus', on: { 'event-bus': of({ EventBusName: 'orders' }) } },
        {
          what: 'the source of the sweep, which is believed',
          context: { 'events:source': ['self-healing.healing'], 'events:detail-type': ['Self-Healing Drill'] },
        },
        {
          what: 'the drills of another pipeline',
          context: { 'events:source': ['self-healing-drill.healing2'], 'events:detail-type': ['Self-Healing Drill'] },
        },
        {
          what: 'an alarm under the source of drills',
          context: { 'events:source': ['self-healing-drill.healing'], 'events:detail-type': ['CloudWatch Alarm State Change'] },
        },
        {
          what: 'an alarm among drills',
          context: {
            'events:source': ['self-healing-drill.healing'],
            'events:detail-type': ['Self-Healing Drill', 'CloudWatch Alarm State Change'],
          },
        },
        { what: 'no source at all', context: { 'events:source': undefined, 'events:detail-type': ['Self-Healing Drill'] } },
        { what: 'no type at all', context: { 'events:source': ['self-healing-drill.healing'], 'events:detail-type': undefined } },
      ],
    },
    {
      action: 'events:PutEvents',
      by: telling,
      own: own({ 'event-bus': of({ EventBusName: 'healing-notices' }) }, { 'events:source': ['self-healing-notice.healing'] }),
      foreign: [
        { what: 'another bus', on: { 'event-bus': of({ EventBusName: 'orders' }) } },
        { what: 'the source that the rules of policies believe', context: { 'events:source': 'self-healing.healing' } },
        { what: 'the notices of another pipeline', context: { 'events:source': 'self-healing-notice.healing2' } },
        { what: 'no source at all', context: { 'events:source': undefined } },
      ],
    },
    ...(['logs:CreateLogStream', 'logs:PutLogEvents'] as const).map((action) => ({
      action,
      by: ['intake', 'answer-by-link', 'digest', 'record-not-sent', ...steps],
      own: own({ 'log-stream': of({ LogGroupName: '/self-healing/healing/history', LogStreamName: 'a-function' }) }),
      foreign: [
        { what: 'a log group of others', on: { 'log-stream': of({ LogGroupName: '/aws/cloudtrail', LogStreamName: 'a-function' }) } },
        {
          what: 'the history of another pipeline',
          on: { 'log-stream': of({ LogGroupName: '/self-healing/healing2/history', LogStreamName: 'a-function' }) },
        },
      ],
    })),
    ...(['logs:CreateLogStream', 'logs:PutLogEvents'] as const).map((action) => ({
      action,
      by: ['operators', 'drills'],
      own: own({ 'log-stream': of({ LogGroupName: '/self-healing/healing/history', LogStreamName: 'operators/2026-11-02' }) }),
      foreign: [
        {
          what: 'a stream of the functions',
          on: { 'log-stream': of({ LogGroupName: '/self-healing/healing/history', LogStreamName: 'conclude/2026-11-02' }) },
        },
        {
          what: 'the history of another pipeline',
          on: { 'log-stream': of({ LogGroupName: '/self-healing/healing2/history', LogStreamName: 'operators/2026-11-02' }) },
        },
      ],
    })),
    {
      action: 'logs:FilterLogEvents',
      by: ['operators', 'drills', 'digest'],
      // CloudWatch Logs asks IAM about a log group under its name and an empty stream.
      own: own({ 'log-group': of({ LogGroupName: '/self-healing/healing/history:log-stream:' }) }),
      foreign: [{ what: 'another log group', on: { 'log-group': of({ LogGroupName: '/aws/cloudtrail:log-stream:' }) } }],
    },
    {
      action: 'ssm:GetParameter',
      by: [...asking, 'diagnose', 'diagnose-at-database', 'operators', ...remedies, ...giveBacks],
      own: own({ parameter: of({ ParameterNameWithoutLeadingSlash: 'self-healing/healing/pause' }) }),
      foreign: [{ what: 'a parameter of others', on: { parameter: of({ ParameterNameWithoutLeadingSlash: 'payroll/password' }) } }],
    },
    {
      action: 'ssm:GetParameter',
      by: ['intake'],
      own: own({ parameter: of({ ParameterNameWithoutLeadingSlash: 'self-healing/healing/policies/Fleet-memory' }) }),
      foreign: [
        {
          what: 'the record of another pipeline',
          on: { parameter: of({ ParameterNameWithoutLeadingSlash: 'self-healing/healing-2/policies/Fleet-memory' }) },
        },
        { what: 'the pause switch', on: { parameter: of({ ParameterNameWithoutLeadingSlash: 'self-healing/healing/pause' }) } },
        { what: 'a parameter of others', on: { parameter: of({ ParameterNameWithoutLeadingSlash: 'payroll/password' }) } },
      ],
    },
    ...['policies', 'spread-policies'].map((folder) => ({
      action: 'ssm:GetParameters',
      by: [...remedies, ...giveBacks, ...looking],
      own: own({ parameter: of({ ParameterNameWithoutLeadingSlash: `self-healing/healing/${folder}/Fleet-memory` }) }),
      foreign: [
        {
          what: 'the record of another pipeline',
          on: { parameter: of({ ParameterNameWithoutLeadingSlash: `self-healing/healing-2/${folder}/Fleet-memory` }) },
        },
        { what: 'a parameter of others', on: { parameter: of({ ParameterNameWithoutLeadingSlash: 'payroll/password' }) } },
      ],
    })),
    {
      action: 'ssm:GetParametersByPath',
      by: asking,
      own: own({ parameter: of({ ParameterNameWithoutLeadingSlash: 'self-healing-protects' }) }),
      foreign: [{ what: 'those of others', on: { parameter: of({ ParameterNameWithoutLeadingSlash: 'payroll' }) } }],
    },
    {
      action: 'ssm:GetParameter',
      by: ['drills'],
      own: own({ parameter: of({ ParameterNameWithoutLeadingSlash: 'self-healing/healing/manifest' }) }),
      foreign: [
        { what: 'the pause switch', on: { parameter: of({ ParameterNameWithoutLeadingSlash: 'self-healing/healing/pause' }) } },
        { what: 'a parameter of others', on: { parameter: of({ ParameterNameWithoutLeadingSlash: 'payroll/password' }) } },
      ],
    },
    {
      action: 'ssm:GetParameterHistory',
      by: ['doctor', 'operators', 'sweep'],
      own: own({ parameter: of({ ParameterNameWithoutLeadingSlash: 'self-healing/healing/pause' }) }),
      foreign: [{ what: 'a parameter of others', on: { parameter: of({ ParameterNameWithoutLeadingSlash: 'payroll/password' }) } }],
    },
    {
      action: 'ssm:GetParameter',
      by: ['pause-switch-maker'],
      own: own({ parameter: of({ ParameterNameWithoutLeadingSlash: 'self-healing/the-name-that-it-had/pause' }) }),
      foreign: [
        { what: 'the manifest', on: { parameter: of({ ParameterNameWithoutLeadingSlash: 'self-healing/healing/manifest' }) } },
        { what: 'a parameter of others', on: { parameter: of({ ParameterNameWithoutLeadingSlash: 'payroll/password' }) } },
      ],
    },
    ...[{}, { 'ssm:Overwrite': 'false' }].map((context) => ({
      action: 'ssm:PutParameter',
      by: ['pause-switch-maker'],
      own: own({ parameter: of({ ParameterNameWithoutLeadingSlash: 'self-healing/healing/pause' }) }, context),
      foreign: [
        { what: 'a switch that is there', context: { 'ssm:Overwrite': 'true' } },
        {
          what: 'the switch of another pipeline',
          on: { parameter: of({ ParameterNameWithoutLeadingSlash: 'self-healing/healing2/pause' }) },
        },
      ],
    })),
    ...(['lambda:InvokeFunction', 'lambda:GetFunction'] as const).map((action) => ({
      action,
      because: 'the provider framework of the CDK calls the maker of the pause switch, and waits until it is there',
      by: ['pause-switch-provider'],
      own: own({ function: of({ FunctionName: maker }) }),
      foreign: [{ what: 'a function of others', on: { function: of({ FunctionName: 'payroll' }) } }],
    })),
    {
      action: 'ssm:PutParameter',
      by: ['operators'],
      own: own({ parameter: of({ ParameterNameWithoutLeadingSlash: 'self-healing/healing/pause' }) }),
      foreign: [
        { what: 'the manifest', on: { parameter: of({ ParameterNameWithoutLeadingSlash: 'self-healing/healing/manifest' }) } },
        {
          what: 'the switch of another pipeline',
          on: { parameter: of({ ParameterNameWithoutLeadingSlash: 'self-healing/healing2/pause' }) },
        },
      ],
    },
    ...tableRows(table),
    ...answerRows(),
    {
      action: 'sts:GetCallerIdentity',
      by: [],
      // AWS allows it to everybody, whatever the policies say.
      own: any,
    },
    // Databases that are entered by IAM and the change conditions are not in the complete example; they have tests of their own.
    { action: 'rds-db:connect', by: [], own: any },
    { action: 'codedeploy:ListDeployments', by: [], own: any },
    { action: 'codedeploy:BatchGetDeployments', by: [], own: any },
    { action: 'ssm:GetCalendarState', by: [], own: any },
  ];
}

function tableRows(table: string): readonly RequestRow[] {
  const own: Named = { names: { TableName: table } };
  const other: readonly Foreign[] = [{ what: 'another table', on: { table: { names: { TableName: 'payroll' } } } }];
  const reading = ['dynamodb:GetItem', 'dynamodb:Query'].map((action) => ({
    action,
    by: ['intake', 'operators', ...steps],
    own: () => [{ on: { table: own } }],
    foreign: other,
  }));
  const readingModes = {
    action: 'dynamodb:GetItem',
    by: looking,
    own: () => [{ on: { table: own }, context: { 'dynamodb:LeadingKeys': ['policy#Fleet-memory'] } }],
    foreign: [
      ...other,
      { what: 'an incident', context: { 'dynamodb:LeadingKeys': ['incident#1'] } },
      { what: 'a request that names no key', context: { 'dynamodb:LeadingKeys': undefined } },
    ],
  };
  const everybody = ['intake', ...steps];
  const readingToWrite = ['dynamodb:BatchGetItem', 'dynamodb:ConditionCheckItem'].map((action) => ({
    action,
    by: everybody,
    own: () => [{ on: { table: own } }],
    foreign: other,
  }));
  const writing = ['dynamodb:PutItem', 'dynamodb:DeleteItem', 'dynamodb:UpdateItem'].map((action) => ({
    action,
    by: everybody,
    own: (sender: string) => writtenBy(sender).map((key) => ({ on: { table: own }, context: { 'dynamodb:LeadingKeys': [key] } })),
    foreign: [
      ...other,
      ...['approval#1', 'approver#AROAEXAMPLE:anna', 'approver#healing', 'orders'].map((key) => ({
        what: `what is not the pipeline's to write: ${key}`,
        context: { 'dynamodb:LeadingKeys': [key] },
      })),
      { what: 'a vote among its own', context: { 'dynamodb:LeadingKeys': ['incident#1', 'approver#AROAEXAMPLE:anna'] } },
      { what: 'a write that names no key', context: { 'dynamodb:LeadingKeys': undefined } },
    ],
  }));
  const answering = [
    { action: 'dynamodb:PutItem', keys: ['approver#AROAEXAMPLE:anna', 'approval#1', 'policy#Fleet-memory'], denied: [] },
    {
      action: 'dynamodb:DeleteItem',
      keys: ['policy#Fleet-memory'],
      denied: [{ what: 'what points to the denial of somebody', context: byAnna('approval#1') }],
    },
  ].map(({ action, keys, denied }) => ({
    action,
    by: ['operators'],
    own: () => keys.map((key) => ({ on: { table: own }, context: byAnna(key) })),
    foreign: [
      ...other,
      ...denied,
      { what: 'a write that names no key', context: { ...byAnna(''), 'dynamodb:LeadingKeys': undefined } },
      { what: "an answer in another's name", context: byAnna('approver#AROAEXAMPLE:bert') },
      { what: 'an incident', context: byAnna('incident#1') },
      { what: 'a claim', context: byAnna('claim#instance') },
    ],
  }));
  const keyed = (key: string) => ({ 'dynamodb:LeadingKeys': [key] });
  const denied = (keys: readonly string[]) => keys.map((key) => ({ what: key, context: keyed(key) }));
  const byLink = [
    ...['dynamodb:GetItem', 'dynamodb:Query'].map((action) => ({
      action,
      keys: ['approval-link#1', 'approvals', 'approval#1', 'approver#link#anna@example.com'],
      foreign: denied(['incident#1', 'policy#Fleet-memory']),
    })),
    {
      action: 'dynamodb:PutItem',
      keys: ['approver#link#anna@example.com', 'approval#1'],
      foreign: denied([
        ...['approver#link#eve@example.com', 'approver#AROAEXAMPLE:anna', 'approver#link#anna@example.com.evil'],
        ...['approvals', 'approval-link#1', 'policy#Fleet-memory', 'incident#1'],
      ]),
    },
  ].map(({ action, keys, foreign }) => ({
    action,
    by: ['answer-by-link'],
    own: () => keys.map((key) => ({ on: { table: own }, context: keyed(key) })),
    foreign: [...other, ...foreign, { what: 'a request that names no key', context: { 'dynamodb:LeadingKeys': undefined } }],
  }));
  const sending = {
    action: 'dynamodb:PutItem',
    by: ['ask'],
    own: () => [{ on: { table: own }, context: keyed('approval-link#1') }],
    foreign: [...other, ...denied(['approver#link#anna@example.com', 'approval#1'])],
  };
  return [...reading, readingModes, ...readingToWrite, ...writing, ...answering, ...byLink, sending];
}

const ofIncidents = [
  'incident#1',
  'target#instance#i-1',
  'group#tagged#Web',
  'pipeline',
  'policy#Fleet-memory',
  'crowd#tagged#Web#memory',
  'storms',
];

/** A key of each partition that a sender writes. */
/** What the console sends for a person who answers by the runbook. */
function answerRows(): readonly RequestRow[] {
  const because = 'the console sends it for whoever answers by the runbook';
  const document: Named = { names: { DocumentName: 'healing-answer' } };
  const execution: Named = { names: { AutomationExecutionId: '4f1d0c3e-0000-4000-8000-000000000001' } };
  const others = ['Admin-Shell', 'healing2-answer', 'healing-answer-and-more'];
  return [
    {
      ...{ action: 'ssm:StartAutomationExecution', because, by: ['operators'] },
      own: () => [{ on: runbook({ DocumentName: 'healing-answer' }) }],
      foreign: others.map((DocumentName) => ({ what: `the document ${DocumentName}`, on: runbook({ DocumentName }) })),
    },
    ...(['ssm:DescribeDocument', 'ssm:GetDocument'] as const).map((action) => ({
      ...{ action, because, by: ['operators'] },
      own: () => [{ on: { document } }],
      foreign: others.map((DocumentName) => ({ what: `the document ${DocumentName}`, on: { document: { names: { DocumentName } } } })),
    })),
    ...(['ssm:GetAutomationExecution', 'ssm:DescribeAutomationStepExecutions'] as const).map((action) => ({
      ...{ action, because, by: ['operators'] },
      own: () => [{ on: { 'automation-execution': execution } }],
    })),
  ];
}

function writtenBy(sender: string): readonly string[] {
  const others: Readonly<Record<string, readonly string[]>> = {
    intake: ['rejected#Fleet-memory', 'drill#policy#Fleet-memory'],
    ask: ['approvals'],
    'provider-events': ['provider'],
  };
  const ends = ['conclude', 'sweep'].includes(sender);
  return (
    others[sender] ?? [
      ...ofIncidents,
      ...(ends ? ['approvals', 'drill#policy#Fleet-memory', 'drill#target#instance#i-0123456789abcdef0'] : []),
      ...(sender === 'sweep' ? ['sweep'] : []),
    ]
  );
}

function byAnna(key: string): NonNullable<AwsRequest['context']> {
  return { 'aws:userid': 'AROAEXAMPLE:anna', 'dynamodb:LeadingKeys': [key] };
}

function remedyRole(remedy: string): string {
  return `remediate-${remedy}`;
}

function at(...remedies: readonly string[]): readonly string[] {
  return remedies.map(remedyRole);
}

function group(name: string): Named {
  return { names: { GroupId: '0f0f0f0f-0000-4000-8000-000000000001', GroupFriendlyName: name } };
}

function foreignDatabases(type: string, variable: string): readonly Foreign[] {
  return ['payroll', 'orders-2', 'stock-2'].map((name) => ({ what: `database ${name}`, on: { [type]: { names: { [variable]: name } } } }));
}

/** A start of a runbook names the document, the definition that it is, and an execution that does not exist yet. */
function runbook({ Account = place.account, DocumentName = '' }: Names): Readonly<Record<string, Named>> {
  return {
    document: { names: { Account, DocumentName } },
    'automation-definition': { names: { Account, AutomationDefinitionName: DocumentName, VersionId: '$DEFAULT' } },
    'automation-execution': { names: { AutomationExecutionId: '4f1d0c3e-0000-4000-8000-000000000001' } },
  };
}

function workflowArn(kind: string, name: string): string {
  return `arn:${place.partition}:states:${place.region}:${place.account}:${kind}:${name}`;
}
