import { instancePolicies } from './instance-actions.ts';

/** The stack that has the role of a pipeline's instances. */
export function instanceRoleStack(pipeline: string): string {
  return `${pipeline}-instance-role`;
}

/** Role and instance profile have the Region in their name, since IAM knows no Regions. */
export function instanceRoleName(pipeline: string, region: string): string {
  return `${pipeline}-instances-${region}`;
}

/**
 * The role and the instance profile that the instances of a pipeline need, as a template of CloudFormation. It has the rights of the two
 * agents and no more: no script of a remedy asks AWS for anything.
 */
export function instanceRoleTemplate(pipeline: string) {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: variables of CloudFormation
  const name = { 'Fn::Sub': instanceRoleName(pipeline, '${AWS::Region}') };
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `The role that the instances of the self-healing pipeline ${pipeline} need`,
    Resources: {
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: name,
          Description: 'Lets the Systems Manager agent and the CloudWatch agent of an instance speak with AWS',
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of CloudFormation
            Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: { 'Fn::Sub': 'ec2.${AWS::URLSuffix}' } } }],
          },
          ManagedPolicyArns: instancePolicies.map((policy) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:iam::aws:policy/${policy}` })),
        },
      },
      InstanceProfile: { Type: 'AWS::IAM::InstanceProfile', Properties: { InstanceProfileName: name, Roles: [{ Ref: 'Role' }] } },
    },
    Outputs: { InstanceProfile: { Description: 'Name of the instance profile', Value: name } },
  };
}
