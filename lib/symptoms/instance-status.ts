import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import * as z from 'zod';
import type { StatusCheckName } from '../../lambdas/core/status-check.ts';
import type { Fleet } from '../fleet.ts';
import { Remedy, type RemedyRung } from '../remedy.ts';
import { watchInstances } from './instance-watch.ts';
import type { Symptom, SymptomProps, Watch, WatchScope } from './symptom.ts';

/** A failed check has no number of its own. */
export type InstanceStatusProps = SymptomProps;

/** Time for AWS's simplified automatic recovery, and for the group of a member to replace it, before anything of ours acts. */
const AWS_REPAIRS_WITHIN = { verifyWithin: Duration.minutes(5) };

/**
 * One of the status checks that EC2 makes of every instance each minute, free of charge. Given instances have an alarm each on
 * the metric; those of a tagged fleet, which no alarm can find without a setting of the whole account, are read from EC2
 * itself. An Auto Scaling group cannot be watched: the metric per instance does not name the
 * group, and the group itself replaces members whose checks fail. Members in a tagged fleet are replaced, never
 * recovered in place: CloudWatch's `recover` does not work on them.
 */
function statusCheck(
  name: string,
  check: StatusCheckName,
  metric: string,
  seen: string,
  ladder: (replace: readonly RemedyRung[]) => readonly RemedyRung[],
): Symptom<Fleet, InstanceStatusProps> {
  return {
    name,
    schema: z.strictObject({}),
    sustainedFor: Duration.minutes(2),
    target: 'instance',
    seen: () => seen,
    refuses: ({ members }) =>
      members.kind === 'auto-scaling-group'
        ? 'an Auto Scaling group replaces members that fail their status checks by itself; watch them by a tag, or the group by unhealthyTargets'
        : undefined,
    // Whoever is in no group is passed over by the replacement, which needs to know the groups by their tag.
    ladder: ({ members }) => ladder(members?.kind === 'instances' ? [] : [Remedy.replaceInstance()]),
    watch: (fleet, watching) => {
      if (fleet.members.kind === 'tagged') return [watchTagged(check, fleet.members, watching)];
      return watchInstances(fleet, watching, {
        namespace: 'AWS/EC2',
        name: metric,
        statistic: 'MAX',
        dimensions: {},
        threshold: 0,
        comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
      });
    },
  };
}

function watchTagged(check: StatusCheckName, { key, value }: { key: string; value: string }, { minutes }: WatchScope<SymptomProps>): Watch {
  return {
    statusCheck: { check, tag: { key, value }, sustained: { minutes } },
    targets: { kind: 'contributor', attribute: 'InstanceId' },
    evidence: { kind: 'status-check', check },
  };
}

/**
 * The host, its power or its network is ill. AWS repairs that or moves the instance by itself; a reboot would stay on the same host.
 *
 * Reads: `StatusCheckFailed_System`.
 * Threshold: a failed check, 0 or 1.
 * Needs: nothing. Of a tagged fleet it is read from EC2 every minute, by a function and not by alarms. An Auto Scaling group replaces
 * such members by itself. `replace-instance` is left out for instances by id.
 * Permissions: none.
 * Proved by: `infrastructure/status-checks`.
 */
export const systemStatus = statusCheck('system-status', 'system', 'StatusCheckFailed_System', 'failed system status check', (replace) => [
  Remedy.waitAndSee({}, AWS_REPAIRS_WITHIN),
  ...replace,
  Remedy.moveInstance(),
]);

/**
 * The instance's own system is ill: it does not answer on its network, is out of memory or does not boot.
 *
 * Reads: `StatusCheckFailed_Instance`.
 * Threshold: a failed check, 0 or 1.
 * Needs: nothing. Of a tagged fleet it is read from EC2 every minute, by a function and not by alarms. An Auto Scaling group replaces
 * such members by itself. `replace-instance` is left out for instances by id.
 * Permissions: none.
 * Proved by: `infrastructure/status-checks`.
 */
export const instanceStatus = statusCheck(
  'instance-status',
  'instance',
  'StatusCheckFailed_Instance',
  'failed instance status check',
  (replace) => [Remedy.restartInstance(), ...replace],
);

/**
 * An attached EBS volume does not complete reads and writes; only on Nitro instances. A reboot does not help a volume.
 *
 * Reads: `StatusCheckFailed_AttachedEBS`.
 * Threshold: a failed check, 0 or 1.
 * Needs: nothing. Of a tagged fleet it is read from EC2 every minute, by a function and not by alarms. An Auto Scaling group replaces
 * such members by itself. Only Nitro instances have it.
 * Permissions: none.
 * Proved by: `infrastructure/status-checks`.
 */
export const attachedEbsStatus = statusCheck(
  'attached-ebs-status',
  'attached-ebs',
  'StatusCheckFailed_AttachedEBS',
  'failed status check of an attached EBS volume',
  (replace) => [Remedy.waitAndSee({}, AWS_REPAIRS_WITHIN), ...replace],
);
