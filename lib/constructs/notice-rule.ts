import { Duration } from 'aws-cdk-lib';
import { type IEventBus, type IRuleTarget, Rule, type RuleTargetConfig } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { type NoticeChoice, noticePattern } from '../notice-pattern.ts';
import type { HealingFunction } from './healing-function.ts';
import type { UndeliveredNotices } from './undelivered-notices.ts';

/** What comes later than this is no news, and a person has read the mail. */
export const DELIVERED_WITHIN = Duration.hours(1);

/** As many as EventBridge makes in a day. */
const DELIVERY_RETRIES = 185;

export interface NoticeRuleProps {
  readonly pipeline: string;
  readonly bus: IEventBus;
  /** Where notices end that the target did not take. */
  readonly undelivered: UndeliveredNotices;
  readonly description: string;
  readonly choice: NoticeChoice;
}

/**
 * Makes a rule that delivers notices of a pipeline from the bus to a target, within an hour or to the queue. It has no name of its own,
 * since CloudFormation refuses to move what has one to another bus; the one that it gets has the id of the way in it.
 */
export function noticeRule(scope: Construct, id: string, props: NoticeRuleProps, target: RuleTargetConfig): Rule {
  const { pipeline, bus, undelivered, description, choice } = props;
  const bound: IRuleTarget = {
    bind: () => ({
      ...target,
      deadLetterConfig: { arn: undelivered.queue.queueArn },
      retryPolicy: { maximumEventAgeInSeconds: DELIVERED_WITHIN.toSeconds(), maximumRetryAttempts: DELIVERY_RETRIES },
    }),
  };
  const rule = new Rule(scope, id, {
    description,
    eventBus: bus,
    eventPattern: noticePattern(pipeline, choice),
    targets: [bound],
  });
  undelivered.admit(rule.ruleArn);
  return rule;
}

/** The same to a function. */
export function noticeRuleFor(healing: HealingFunction, scope: Construct, id: string, props: NoticeRuleProps): void {
  healing.admitRule(noticeRule(scope, id, props, { arn: healing.function.functionArn }), id);
}
