import { after, inWords, iso } from '../core/duration.ts';
import type { Diagnostic } from './diagnostic.ts';

/**
 * The last deployment by CodeDeploy to the deployment groups that the policy names, since what changed last is often the cause.
 *
 * Tells: of each group the deployment that began last within a week, and how it stands.
 * Reads: `codedeploy:ListDeployments`, `codedeploy:BatchGetDeployments` on the groups that `guardrails.deployments` names.
 */
export const diagnostic: Diagnostic = {
  name: 'deployments',
  appliesTo: ({ guardrails }) => guardrails.deployments !== undefined,
  permissions: [
    {
      actions: ['codedeploy:ListDeployments', 'codedeploy:BatchGetDeployments'],
      on: 'named',
      resources: ({ guardrails }) =>
        (guardrails.deployments ?? []).map(
          ({ application, group }) => `arn:{partition}:codedeploy:{region}:{account}:deploymentgroup:${application}/${group}`,
        ),
    },
  ],
  async gather({ policy, now }, { deployments }) {
    const groups = policy.guardrails.deployments ?? [];
    const found = await Promise.all(groups.map((group) => deployments.last(group, after(now, { days: -7 }))));
    const lines = groups.map(({ application, group }, index) => {
      const last = found[index];
      if (!last) return `${application}/${group}: none within a week`;
      return `${application}/${group}: ${last.id} ${last.status}, begun ${iso(last.at)} (${inWords(now - last.at)} ago)`;
    });
    return [{ title: 'Last deployments', lines }];
  },
};
