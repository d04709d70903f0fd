import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';

/** The ARN for a policy. Of a secret that is known by name only, IAM sees the six characters that Secrets Manager put behind the name. */
export function secretArnOf({ secretFullArn, secretArn }: ISecret): string {
  return secretFullArn ?? `${secretArn}-??????`;
}
