import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { PolicyError } from '../policy-error.ts';
import { HealingFunction, type HealingFunctionProps } from './healing-function.ts';
import { acknowledgeSchedule } from './security-acknowledgements.ts';

/** Nobody waits for a run that comes again in a minute and waits most of its time itself, and there are forty thousand a month. */
const MEGABYTES = 256;

/** Lambda's limit for names. */
const LONGEST_NAME = 64;

/**
 * A function that runs every minute, or `every` so often. A run that failed or came late is not repeated, since the next one is due.
 * Whoever makes one has people told when it does not run: by `runsAlarm`, or by a `silenceAlarm` on what it reports.
 *
 * @throws PolicyError for a name that Lambda would not allow
 */
export function scheduledFunction(
  scope: Construct,
  id: string,
  props: Omit<HealingFunctionProps, 'options' | 'functionName'> & {
    readonly functionName: string;
    readonly network?: HealingFunctionProps['options'];
    readonly every?: Duration;
  },
): HealingFunction {
  const { network, every = Duration.minutes(1), ...rest } = props;
  if (props.functionName.length > LONGEST_NAME)
    throw new PolicyError(props.functionName, [`this name of a function is longer than ${LONGEST_NAME} characters: choose a shorter id`]);
  const scheduled = new HealingFunction(scope, id, {
    ...rest,
    calledBy: 'schedule',
    options: { memorySize: MEGABYTES, retryAttempts: 0, maxEventAge: every, ...network },
  });
  const rule = new Rule(scope, `${id}Schedule`, { description: props.description, schedule: Schedule.rate(every) });
  scheduled.addToRule(rule, 'Schedule', { retryPolicy: { maximumEventAgeInSeconds: every.toSeconds(), maximumRetryAttempts: 0 } });
  acknowledgeSchedule(rule);
  return scheduled;
}
