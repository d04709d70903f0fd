import { Aws } from 'aws-cdk-lib';
import type { Guardrails } from '../../lambdas/core/policy.ts';
import type { TargetRights } from './target-rights.ts';

/** Grants the reading of the change calendars and deployment groups that a policy names, and of no others. */
export function grantChangeConditions(rights: TargetRights, { calendars, deployments }: Guardrails): void {
  const own = (service: string, resource: string) => `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;
  for (const name of calendars ?? [])
    rights.on({ resources: [name.startsWith('arn:') ? name : own('ssm', `document/${name}`)] }, ['ssm:GetCalendarState']);
  for (const { application, group } of deployments ?? [])
    rights.on({ resources: [own('codedeploy', `deploymentgroup:${application}/${group}`)] }, ['codedeploy:ListDeployments']);
}
