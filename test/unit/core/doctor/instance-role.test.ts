import { expect, it } from 'vitest';
import { instanceRoleStack, instanceRoleTemplate } from '../../../../lambdas/core/doctor/instance-role.ts';

it('the template of the instances’ role has its role, its profile and their name, and lets EC2 alone take it', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: variables of CloudFormation
  const name = { 'Fn::Sub': 'shop-instances-${AWS::Region}' };
  expect(instanceRoleTemplate('shop')).toEqual({
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'The role that the instances of the self-healing pipeline shop need',
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
          ManagedPolicyArns: ['AmazonSSMManagedInstanceCore', 'CloudWatchAgentServerPolicy'].map((policy) => ({
            'Fn::Sub': `arn:\${AWS::Partition}:iam::aws:policy/${policy}`,
          })),
        },
      },
      InstanceProfile: { Type: 'AWS::IAM::InstanceProfile', Properties: { InstanceProfileName: name, Roles: [{ Ref: 'Role' }] } },
    },
    Outputs: { InstanceProfile: { Description: 'Name of the instance profile', Value: name } },
  });
  expect(instanceRoleStack('shop')).toBe('shop-instance-role');
});
