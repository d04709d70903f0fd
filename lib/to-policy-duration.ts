import type { Duration as CdkDuration } from 'aws-cdk-lib';
import type { Duration } from '../lambdas/core/duration.ts';

/** A CDK duration as policies carry it. */
export function toPolicyDuration(duration: CdkDuration): Duration {
  const seconds = duration.toSeconds();
  return seconds % 60 === 0 && seconds > 0 ? { minutes: seconds / 60 } : { seconds };
}
