/** The managed policies of AWS that the role of an instance has. */
export const instancePolicies = ['AmazonSSMManagedInstanceCore', 'CloudWatchAgentServerPolicy'] as const;

/** What the two agents on an instance ask AWS for all the time. A role that allows these is as good as one with the managed policies. */
export const instanceActions = {
  AmazonSSMManagedInstanceCore: [
    'ssm:UpdateInstanceInformation',
    'ssm:ListAssociations',
    'ssm:ListInstanceAssociations',
    'ssm:GetDocument',
    'ssm:UpdateInstanceAssociationStatus',
    'ssmmessages:CreateControlChannel',
    'ssmmessages:OpenControlChannel',
    'ec2messages:GetMessages',
    'ec2messages:SendReply',
  ],
  CloudWatchAgentServerPolicy: ['cloudwatch:PutMetricData', 'ec2:DescribeTags'],
} as const satisfies Record<(typeof instancePolicies)[number], readonly string[]>;

/** All of them. */
export const allInstanceActions: readonly string[] = Object.values(instanceActions).flat();
