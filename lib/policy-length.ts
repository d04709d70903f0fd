import { Aws, Token } from 'aws-cdk-lib';
import { placeholder } from './shortened.ts';

/** The longest that AWS makes: an instance id, an RDS identifier, the full name of a target group, and any other name. */
const longestNames = { instance: 19, database: 63, targetGroup: 61, other: 255 } as const;

/** How many characters a policy, or a part of one, takes at most, whatever the names turn out to be that are known only at deployment. */
export function longestOf(value: object): number {
  return JSON.stringify(value, atItsLongest).length;
}

function atItsLongest(key: string, value: unknown): unknown {
  if (typeof value !== 'string' || !Token.isUnresolved(value)) return value;
  return value
    .replaceAll(Aws.PARTITION, 'aws-us-gov')
    .replaceAll(Aws.REGION, 'ap-southeast-10')
    .replaceAll(Aws.ACCOUNT_ID, '111122223333')
    .replaceAll(placeholder, 'x'.repeat(longestAt(key)));
}

/** By the key under which the name stands; instances of a fleet stand in a list. */
function longestAt(key: string): number {
  if (/^\d+$/.test(key)) return longestNames.instance;
  if (key === 'id') return longestNames.database;
  return key === 'targetGroupArn' ? longestNames.targetGroup : longestNames.other;
}
