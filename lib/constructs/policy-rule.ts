import { Duration } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { EventField, type IRuleTarget, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Policy } from '../../lambdas/core/policy.ts';

export interface PolicyRuleProps {
  readonly ruleName: string;
  readonly policy: Policy;
  readonly alarm: IAlarm;
  readonly intake: IFunction;
  readonly deadLetters: IQueue;
}

/** Retries reach over the failures that intake's own invocation can have; older news is in the dead-letter queue. */
const DELIVERED_WITHIN = Duration.minutes(15);
const DELIVERY_RETRIES = 20;

/** The one door of a policy: the rule on the default bus that matches its alarm and carries the policy with every event. */
export class PolicyRule extends Construct {
  constructor(scope: Construct, id: string, { ruleName, policy, alarm, intake, deadLetters }: PolicyRuleProps) {
    super(scope, id);
    new Rule(this, 'Rule', {
      ruleName,
      description: `${policy.seen}: ${policy.ladder.map(({ remedy }) => remedy).join(', then ')}`.slice(0, 512),
      eventPattern: {
        source: ['aws.cloudwatch'],
        detailType: ['CloudWatch Alarm State Change', 'CloudWatch Alarm Contributor State Change'],
        detail: {
          alarmName: [alarm.alarmName],
          // An event without a state is let in too, so that intake can record that it does not know it.
          state: { value: ['ALARM', { exists: false }] },
        },
      },
      targets: [target(intake, deadLetters, policy)],
    });
  }
}

/**
 * The intake function as a target, without the permission that `aws-events-targets` would add for each rule: a Lambda
 * resource policy holds 20 KB, and one permission for all rules of the pipeline is enough.
 */
function target(intake: IFunction, deadLetters: IQueue, policy: Policy): IRuleTarget {
  return {
    bind: () => ({
      arn: intake.functionArn,
      input: RuleTargetInput.fromObject({ policy, event: EventField.fromPath('$') }),
      deadLetterConfig: { arn: deadLetters.queueArn },
      retryPolicy: { maximumEventAgeInSeconds: DELIVERED_WITHIN.toSeconds(), maximumRetryAttempts: DELIVERY_RETRIES },
    }),
  };
}
