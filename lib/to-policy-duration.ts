import { Duration as CdkDuration } from 'aws-cdk-lib';
import type { Duration } from '../lambdas/core/duration.ts';
import { PolicyError, shown } from './policy-error.ts';

/** A CDK duration as policies carry it. */
export function toPolicyDuration(duration: CdkDuration): Duration {
  const seconds = duration.toSeconds();
  return seconds % 60 === 0 && seconds > 0 ? { minutes: seconds / 60 } : { seconds };
}

/**
 * A duration that somebody gave, as policies carry it.
 *
 * @throws PolicyError for another value, or a part of a second
 */
export function givenDuration(duration: CdkDuration, policy: string, path: string): Duration {
  if (duration instanceof CdkDuration && Number.isInteger(duration.toSeconds({ integral: false }))) return toPolicyDuration(duration);
  throw new PolicyError(policy, [`${path}: ${shown(duration)} is not allowed: must be a Duration of whole seconds`]);
}
