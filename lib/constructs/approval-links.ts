import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import * as z from 'zod';
import { holderVoter } from '../../lambdas/core/approval.ts';
import { checked, PolicyError } from '../policy-error.ts';
import { HealingFunction } from './healing-function.ts';
import type { PipelineRecords } from './pipeline-records.ts';
import { acknowledgeMails } from './security-acknowledgements.ts';

/** Somebody who may answer questions by links of their own. */
export interface LinkHolderProps {
  /** Who it is, as the page, the history and the others see it. At most 64 letters, digits, spaces and `.'-`. */
  readonly name: string;
  /**
   * Their own address, which nobody else reads: whoever reads its mail answers in their name. It must confirm the mail that AWS sends
   * once. Prevents a shared mailbox from being two people: no two holders have the same address.
   */
  readonly email: string;
}

/** Links by which people answer questions without credentials of AWS. */
export interface ApprovalLinksProps {
  /** Who gets a link with every question, each one of their own. At most 10. */
  readonly to: readonly LinkHolderProps[];
  /**
   * How many people can open or answer links at the same moment; what comes beyond is refused by Lambda. It is reserved from the
   * account's concurrency. Prevents that strangers who call the address cost more, or take the concurrency that healing needs. From 1 to 10.
   * @default - 2
   */
  readonly atOnce?: number;
}

const propsSchema = z.strictObject({
  to: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[\p{L}\d][\p{L}\d .'-]{0,63}$/u, "must be 1 to 64 letters, digits, spaces and .'-"),
        // Without what is a wildcard or a variable in IAM.
        email: z
          .string()
          .max(200)
          .regex(/^[\w.+-]+@[A-Za-z\d-]+(?:\.[A-Za-z\d-]+)+$/, 'must be an address of letters, digits and ._+-'),
      }),
    )
    .min(1)
    .max(10),
  atOnce: z.int().min(1).max(10).default(2),
});

/**
 * The links by which people answer, and the page behind them. A topic of each holder mails them their own; of the address of the page
 * nobody needs to know, since a link without its token answers nothing.
 */
export class ApprovalLinks extends Construct {
  readonly answer: HealingFunction;
  /** Who gets links, each by a topic of their own. */
  readonly holders: readonly { readonly name: string; readonly topic: ITopic }[];

  /** @throws PolicyError for holders that cannot be told apart, or that IAM could not name */
  constructor(scope: Construct, id: string, records: PipelineRecords, ask: HealingFunction, props: ApprovalLinksProps) {
    super(scope, id);
    const { to, atOnce } = checked(propsSchema, props, id, 'approvalLinks');
    refuseTwice(id, to);
    const { pipeline, environment, incidents, history } = records;
    // Named and not referred to: the workflow calls what sends the links, which must know this function's address.
    const stateMachine = Stack.of(this).formatArn({
      service: 'states',
      resource: 'stateMachine',
      resourceName: `${pipeline}-workflow`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.answer = new HealingFunction(this, 'answer-by-link', {
      functionName: `${pipeline}-answer-by-link`,
      description: 'The page on which holders of links answer questions; writes their answers alone',
      handler: 'answer-by-link',
      calledBy: 'browser',
      environment: {
        PIPELINE: pipeline,
        INCIDENT_TABLE: environment.INCIDENT_TABLE ?? '',
        HISTORY_LOG_GROUP: environment.HISTORY_LOG_GROUP ?? '',
        STATE_MACHINE_ARN: stateMachine,
        APPROVAL_LINKS: JSON.stringify({ to }),
      },
      options: { reservedConcurrentExecutions: atOnce, timeout: Duration.seconds(15) },
    });
    incidents.grantAnswers(
      this.answer.role,
      to.map(({ email }) => holderVoter(email)),
    );
    history.grantWrite(this.answer.role);
    this.answer.role.addToPrincipalPolicy(new PolicyStatement({ actions: ['states:SendTaskSuccess'], resources: [stateMachine] }));
    const { url } = this.answer.function.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
    const topics = to.map(({ name, email }) => ({ name, email, topic: this.#topicOf(email, records, ask) }));
    this.holders = topics;
    incidents.grantKeepLinks(ask.role);
    ask.function.addEnvironment(
      'APPROVAL_LINKS',
      Stack.of(this).toJsonString({ url, to: topics.map(({ topic, ...holder }) => ({ ...holder, topic: topic.topicArn })) }),
    );
  }

  #topicOf(email: string, { notifications }: PipelineRecords, ask: HealingFunction): ITopic {
    const topic = new Topic(this, email, {
      displayName: 'Self-healing',
      enforceSSL: true,
      ...(notifications.key && { masterKey: notifications.key }),
    });
    acknowledgeMails(topic.addSubscription(new EmailSubscription(email)));
    ask.role.addToPrincipalPolicy(new PolicyStatement({ actions: ['sns:Publish'], resources: [topic.topicArn] }));
    return topic;
  }
}

function refuseTwice(id: string, to: readonly LinkHolderProps[]): void {
  for (const field of ['name', 'email'] as const) {
    const seen = to.map((holder) => holder[field].toLowerCase());
    const twice = seen.find((each, index) => seen.indexOf(each) !== index);
    if (twice !== undefined)
      throw new PolicyError(id, [`approvalLinks.to: ${field} ${twice} is there twice: each holder counts as one person`]);
  }
}
