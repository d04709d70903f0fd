import { Duration, Lazy, Stack } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { WatchedCheck } from '../../lambdas/core/status-check.ts';
import { PolicyError } from '../policy-error.ts';
import { grantOwnEvents } from './own-events.ts';
import { runsAlarm } from './runs-alarm.ts';
import { scheduledFunction } from './scheduled-function.ts';

export interface StatusCheckReaderProps {
  readonly pipeline: string;
  /** Is told when the reader fails or does not run, without the pipeline's functions. */
  readonly topic: ITopic;
}

/** Lambda takes four kilobytes of variables; the rest is room for the others. */
const LONGEST_LIST = 3_500;

/**
 * The function that reads EC2's status checks every minute for the tagged fleets of a pipeline. An alarm over a tag needs the
 * account's "resource tags on telemetry", and sees no more than 500 instances; EC2 itself lists every instance that fails, in
 * one call for each kind of check. It has no right to act on anything.
 */
export class StatusCheckReader extends Construct {
  readonly #watched: WatchedCheck[] = [];

  constructor(scope: Construct, id: string, { pipeline, topic }: StatusCheckReaderProps) {
    super(scope, id);
    const reader = scheduledFunction(this, 'Function', {
      functionName: `${pipeline}-read-status-checks`,
      description: 'Tells the policies of tagged fleets which status checks of EC2 fail',
      handler: 'read-status-checks',
      environment: { PIPELINE: pipeline, STATUS_CHECKS: Lazy.string({ produce: () => Stack.of(this).toJsonString(this.#watched) }) },
    });
    reader.allowUnscoped(['ec2:DescribeInstances', 'ec2:DescribeInstanceStatus']);
    grantOwnEvents(reader.role, pipeline);
    runsAlarm(this, 'Errors', {
      alarmName: `${pipeline}-watch-status-check-reader`,
      alarmDescription:
        'The status checks of tagged instances are not read, so a failed one is not healed. Look at the log of the reader; without data, at its schedule and whether Lambda throttles it.',
      errors: reader.function.metricErrors({ period: Duration.minutes(1) }),
      // One run that fails is made good by the next.
      periods: 5,
      failing: 3,
      topic,
    });
    this.node.addValidation({ validate: () => this.#tooLong() });
  }

  watch(check: WatchedCheck): void {
    this.#watched.push(check);
  }

  #tooLong(): string[] {
    const characters = JSON.stringify(this.#watched).length;
    if (characters <= LONGEST_LIST) return [];
    const problem = `its tagged fleets watch ${this.#watched.length} status checks, which take ${characters} of ${LONGEST_LIST} characters: use fewer fleets, or a second pipeline`;
    return [new PolicyError(this.node.path, [problem]).message];
  }
}
