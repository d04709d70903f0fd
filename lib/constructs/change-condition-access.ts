import { Aws } from 'aws-cdk-lib';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Guardrails } from '../../lambdas/core/policy.ts';

/** Grants the reading of the change calendars and deployment groups that a policy names, and of no others. */
export function grantChangeConditions(role: IRole, { calendars, deployments }: Guardrails): void {
  const own = (service: string, resource: string) => `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;
  grant(
    role,
    'ssm:GetCalendarState',
    calendars?.map((name) => (name.startsWith('arn:') ? name : own('ssm', `document/${name}`))),
  );
  grant(
    role,
    'codedeploy:ListDeployments',
    deployments?.map(({ application, group }) => own('codedeploy', `deploymentgroup:${application}/${group}`)),
  );
}

function grant(role: IRole, action: string, resources: readonly string[] | undefined): void {
  if (resources) role.addToPrincipalPolicy(new PolicyStatement({ actions: [action], resources: [...resources] }));
}
