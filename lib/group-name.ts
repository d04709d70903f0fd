import { Token } from 'aws-cdk-lib';
import type { IAutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import { POLICY_CHARACTERS } from './policy-characters.ts';
import { PolicyError } from './policy-error.ts';

/**
 * The name of an Auto Scaling group that is given by construct or by name. It becomes the end of an ARN in IAM, where `*`
 * and `?` would stand for other groups, too, and `${` would begin a variable.
 *
 * @throws PolicyError for a name that no group can have, or that would mean something else to IAM or CloudWatch
 */
export function groupNameOf(group: IAutoScalingGroup | string): string {
  const name = typeof group === 'string' ? group : group.autoScalingGroupName;
  if (Token.isUnresolved(name) || isUsable(name)) return name;
  throw new PolicyError(`of the Auto Scaling group ${JSON.stringify(name)}`, [
    "must be a name of 1 to 255 characters of Latin-1, as IAM takes them, without a colon, control characters, *, ?, ' and ${",
  ]);
}

function isUsable(name: string): boolean {
  return /^[^\p{Cc}:*?']{1,255}$/u.test(name) && POLICY_CHARACTERS.test(name) && !name.includes('${');
}
