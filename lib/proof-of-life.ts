import { Duration } from 'aws-cdk-lib';
import { Alarm, type CfnAlarm, type IAlarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { milliseconds } from '../lambdas/core/duration.ts';
import type { Policy, ProofMetric } from '../lambdas/core/policy.ts';
import { PolicyError } from './policy-error.ts';
import { toPolicyDuration } from './to-policy-duration.ts';

/** Five periods, since agents send late, and lose a datapoint or two when they are restarted. */
const AGENTS_WITHIN = Duration.minutes(5);

/** What AWS measures itself comes up to some minutes late. */
const AWS_WITHIN = Duration.minutes(10);

/** A period, and the time that a datapoint is on its way. */
const LEAST_PROBATION = Duration.minutes(2);

/** A metric of the target's own as the proof that it lives: whoever is dead reports nothing, and has no symptom either. */
export function proofFrom({ namespace, metricName, dimensions = {} }: Metric): ProofMetric {
  return { namespace, metric: metricName, dimensions, within: toPolicyDuration(namespace.startsWith('AWS/') ? AWS_WITHIN : AGENTS_WITHIN) };
}

/**
 * The proof that an alarm of the user's offers: its metric, where it is one that should always report. Of an alarm that is content with
 * missing data, of one on an expression, and of one that is only known by its name nothing can be said.
 */
export function proofOf(alarm: IAlarm): ProofMetric | undefined {
  if (!(alarm instanceof Alarm) || !(alarm.metric instanceof Metric)) return undefined;
  const { metric } = alarm;
  const { treatMissingData = 'missing' } = alarm.node.defaultChild as CfnAlarm;
  if (treatMissingData !== 'missing' || metric.account !== undefined || metric.region !== undefined) return undefined;
  const proof = proofFrom(metric);
  const rare = metric.period.toSeconds() > 60;
  return rare ? { ...proof, within: toPolicyDuration(Duration.seconds(2 * metric.period.toSeconds() + AGENTS_WITHIN.toSeconds())) } : proof;
}

/**
 * Refuses a probation in which no datapoint can come: nothing would tell a target that recovered from one that died.
 *
 * @throws PolicyError naming the path, the value and what is allowed
 */
export function refuseUnprovable({ name, proof, probation }: Policy): void {
  const seconds = milliseconds(probation) / 1_000;
  if (proof === undefined || seconds >= LEAST_PROBATION.toSeconds()) return;
  throw new PolicyError(name, [
    `probation: ${seconds} seconds is not allowed: must be at least ${LEAST_PROBATION.toSeconds()} seconds, since only a datapoint that comes in that time tells a target that recovered from one that died`,
  ]);
}
