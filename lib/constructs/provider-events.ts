import { Aws, Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { HealingFunction, type HealingFunctionProps } from './healing-function.ts';

export interface ProviderEventsProps {
  readonly pipeline: string;
  readonly environment: HealingFunctionProps['environment'];
  /** Where events end that could not be recorded. Its policy admits the pipeline's rules by their names. */
  readonly deadLetters: IQueue;
}

/** An event that comes later than this has been followed by news. */
const DELIVERED_WITHIN = Duration.hours(1);
const DELIVERY_RETRIES = 20;

/**
 * Takes in the problems that AWS Health reports: of the account's own resources, and public ones of the Region. Health
 * sends every event to a second Region as well, and to the organization's management account; those of others are left out.
 */
export class ProviderEvents extends Construct {
  readonly healing: HealingFunction;

  constructor(scope: Construct, id: string, { pipeline, environment, deadLetters }: ProviderEventsProps) {
    super(scope, id);
    this.healing = new HealingFunction(this, 'Function', {
      functionName: `${pipeline}-provider-events`,
      description: 'Records problems that AWS Health reports, during which nothing is repaired',
      handler: 'provider-events',
      environment,
      calledBy: 'rule',
      options: { onFailure: new SqsDestination(deadLetters), retryAttempts: 2, maxEventAge: DELIVERED_WITHIN },
    });
    const rule = new Rule(this, 'Rule', {
      // No policy, whose name its rule has, can have an underscore in it.
      ruleName: `${pipeline}-aws_health`,
      description: 'Problems that AWS Health reports',
      eventPattern: {
        source: ['aws.health'],
        detailType: ['AWS Health Event'],
        detail: {
          eventTypeCategory: ['issue', { exists: false }],
          eventRegion: [Aws.REGION, 'global', { exists: false }],
          affectedAccount: [Aws.ACCOUNT_ID, { exists: false }],
        },
      },
    });
    this.healing.addToRule(rule, 'Rule', {
      deadLetterConfig: { arn: deadLetters.queueArn },
      retryPolicy: { maximumEventAgeInSeconds: DELIVERED_WITHIN.toSeconds(), maximumRetryAttempts: DELIVERY_RETRIES },
    });
  }
}
