import { createHash } from 'node:crypto';
import { Aws, CfnResource, Duration, NestedStack, Stack } from 'aws-cdk-lib';
import { EventBus, type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { DRILL, drillSource } from '../../lambdas/core/drill.ts';
import { forwardersBeginning, rulesBeginning } from '../../lambdas/core/manifest.ts';
import { FAILED_CHECK } from '../../lambdas/core/signal.ts';
import { sweepSource } from '../../lambdas/core/sweep-source.ts';

/** Nested stacks among which policies are spread. Never another number, since by it each policy finds the same stack in every release. */
const NESTED_STACKS = 8;

/**
 * From so many policies, or resources of whatever kind, the pipeline's own stack takes no further policies. CloudFormation takes 500
 * resources, and a template of 1 MB; the rest is room for the functions of remedies that later policies bring, and for what the roles may do on
 * their targets.
 */
const FULL_AT = { policies: 50, resources: 420 } as const;

/** As long, and as often, as the rules of policies themselves are tried. */
const FORWARDED_WITHIN = Duration.minutes(15);
const FORWARD_RETRIES = 20;

/** Where a policy, and all that is made for it alone, stands. */
export interface PolicyPlace {
  readonly scope: Construct;
  /**
   * How the names of what is made for it begin. They differ between the stacks, so that CloudFormation, which makes the new before it
   * deletes the old, can move a policy.
   */
  readonly beginning: string;
  /** The nested stack. @default - the policy stands in the pipeline's own stack */
  readonly nested?: PolicyStack;
}

export interface PolicyStacksProps {
  readonly pipeline: string;
  /** Whether no policy stands in the pipeline's own stack. */
  readonly spread: boolean;
  readonly deadLetters: IQueue;
  /** How many policies there are. */
  readonly policies: () => number;
  /** Is told of each nested stack when the first policy comes that stands there. */
  readonly opened: (nested: PolicyStack) => void;
}

/**
 * Decides in which stack a policy stands: in the pipeline's own while that has room, then in one of eight nested stacks, by the hash of
 * its protection's id alone. So a policy in a nested stack stays there, whichever others come and go.
 */
export class PolicyStacks extends Construct {
  readonly #home: PolicyPlace;
  readonly #props: PolicyStacksProps;
  readonly #nested = new Map<number, PolicyPlace>();
  #isHomeFull: boolean;

  constructor(scope: Construct, id: string, props: PolicyStacksProps) {
    super(scope, id);
    this.#home = { scope, beginning: `${props.pipeline}-` };
    this.#props = props;
    this.#isHomeFull = props.spread;
    // A fourth of a template is white space.
    this.node.setContext('@aws-cdk/core:suppressTemplateIndentation', true);
  }

  /** Where the policies of a protection stand. */
  placeOf(protection: string): PolicyPlace {
    // Counted until it is full and never again, since counting visits every construct.
    this.#isHomeFull ||= this.#props.policies() >= FULL_AT.policies || resourcesIn(Stack.of(this)) >= FULL_AT.resources;
    if (!this.#isHomeFull) return this.#home;
    const number = 1 + (createHash('sha256').update(protection).digest().readUInt32BE() % NESTED_STACKS);
    const known = this.#nested.get(number);
    if (known) return known;
    const { pipeline, deadLetters, opened } = this.#props;
    const nested = new PolicyStack(this, `Policies${number}`, { pipeline, number, deadLetters });
    // No name of a pipeline or a policy has an underscore in it.
    const place = { scope: nested, beginning: `${pipeline}_`, nested };
    this.#nested.set(number, place);
    opened(nested);
    return place;
  }
}

function resourcesIn(stack: Stack): number {
  return stack.node.findAll().filter((node) => CfnResource.isCfnResource(node) && Stack.of(node) === stack).length;
}

interface PolicyStackProps {
  readonly pipeline: string;
  readonly number: number;
  readonly deadLetters: IQueue;
}

/**
 * A nested stack of policies. Their rules stand on a bus of its own, to which one rule forwards what any of them may match: the default
 * bus, where the events of AWS come, takes 300 rules.
 */
export class PolicyStack extends NestedStack {
  readonly number: number;
  readonly bus: IEventBus;
  readonly busName: string;

  constructor(scope: Construct, id: string, { pipeline, number, deadLetters }: PolicyStackProps) {
    super(scope, id, { description: `Policies of the self-healing pipeline ${pipeline}, part ${number} of ${NESTED_STACKS}` });
    this.number = number;
    // So named, its rules are within the permission of the pipeline's own: rule/healing.1/healing.Web-memory.
    this.busName = `${rulesBeginning(pipeline)}${number}`;
    this.bus = new EventBus(this, 'Bus', { eventBusName: this.busName });
    const role = new Role(this, 'Forwarder', {
      assumedBy: new ServicePrincipal('events.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } } }),
      description: `Forwards events to the bus of policies ${number} of ${pipeline}`,
    });
    role.addToPolicy(new PolicyStatement({ actions: ['events:PutEvents'], resources: [this.bus.eventBusArn] }));
    const forward = new Rule(this, 'Forward', {
      ruleName: `${forwardersBeginning(pipeline)}${number}`,
      description: 'Forwards what policies may wait for to the bus on which their rules stand',
      eventPattern: {
        account: [Aws.ACCOUNT_ID],
        source: ['aws.cloudwatch', 'aws.rds', sweepSource(pipeline), drillSource(pipeline)],
        detailType: [
          'CloudWatch Alarm State Change',
          'CloudWatch Alarm Contributor State Change',
          'RDS DB Cluster Event',
          'RDS DB Instance Event',
          FAILED_CHECK,
          DRILL,
        ],
        // Of alarms those that go off, or say nothing of it; the others have no state.
        detail: { state: { value: ['ALARM', { exists: false }] } },
      },
    });
    forward.addTarget({
      bind: () => ({
        arn: this.bus.eventBusArn,
        role,
        deadLetterConfig: { arn: deadLetters.queueArn },
        retryPolicy: { maximumEventAgeInSeconds: FORWARDED_WITHIN.toSeconds(), maximumRetryAttempts: FORWARD_RETRIES },
      }),
    });
  }
}
