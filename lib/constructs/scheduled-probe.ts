import { Duration, Token } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { NOT_SET_UP_METRIC, PROBE_NAMESPACE } from '../../lambdas/core/probe.ts';
import { faultInWords, faultNumber, type ProbeFault, type ProbeWay } from '../../lambdas/core/probe-fault.ts';
import type { HealingFunction, HealingFunctionProps } from './healing-function.ts';
import { scheduledFunction } from './scheduled-function.ts';
import { silenceAlarm } from './silence-alarm.ts';

export interface ScheduledProbeProps {
  /** Physical name of the function, and the beginning of the names of its alarms. */
  readonly functionName: string;
  readonly description: string;
  /** The entry's file name under `lambdas/handlers`, without `.ts`. */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly network?: HealingFunctionProps['options'];
  /** The dimension of all of its metrics. */
  readonly dimensionsMap: Readonly<Record<string, string>>;
  /** What it watches, in the words of a message. */
  readonly subject: string;
  readonly way: ProbeWay;
  /** The faults that it can find. */
  readonly faults: readonly ProbeFault[];
}

/** A network is opened and a password set within this time, or people want to know that it was forgotten. */
const GRACE_MINUTES = 15;

/** Runs that fail one after the other before it is told. */
const FAILING_MINUTES = 5;

/** Characters of a host or URL in a description that CloudWatch cuts at 1,024. */
const LONGEST_PLACE = 130;

/**
 * A function that looks every minute whether something is well, and remembers whether it ever was. What never was is not set up:
 * people are told what to mend, and nothing is healed. A probe that is silent tells people, too, and is no symptom. Its resources stand
 * in the scope itself, where those of the probes have always stood: their names are fixed, and what moves is made before it is deleted.
 */
export class ScheduledProbe {
  readonly healing: HealingFunction;
  readonly #dimensionsMap: Record<string, string>;
  /** Goes off when the probe has not had its answer even once. The value is the number of the fault. */
  readonly notSetUp: Alarm;
  /** Has no data when a probe that reported stops reporting. */
  readonly silent: Alarm;
  /** Goes off when its runs fail, so that it may never have reported. */
  readonly failing: Alarm;
  readonly #told = new Set<string>();

  constructor(scope: Construct, props: ScheduledProbeProps) {
    const { functionName, subject, network, dimensionsMap } = props;
    this.#dimensionsMap = { ...dimensionsMap };
    // A description of its own that never changes: CloudFormation would write the first value again with every change.
    const memory = new StringParameter(scope, 'Memory', {
      description: 'Whether the probe was ever well. Written by the probe itself.',
      stringValue: 'never',
    });
    this.healing = scheduledFunction(scope, 'Function', {
      functionName,
      description: props.description,
      handler: props.handler,
      environment: { ...props.environment, PROBE_MEMORY: memory.parameterName, PROBE_NETWORK: placeOf(network) },
      ...(network && { network }),
    });
    this.healing.role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['ssm:GetParameter', 'ssm:PutParameter'], resources: [memory.parameterArn] }),
    );
    this.notSetUp = new Alarm(scope, 'NotSetUp', {
      alarmName: `${functionName}-not-set-up`,
      alarmDescription: notSetUpInWords(props),
      metric: this.metric(NOT_SET_UP_METRIC, Stats.MAXIMUM),
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: GRACE_MINUTES,
      treatMissingData: TreatMissingData.MISSING,
    });
    this.silent = silenceAlarm(scope, 'Silent', {
      alarmName: `${functionName}-silent`,
      alarmDescription: `The probe of ${subject} does not report any more, so nobody sees whether it is well. Look at its schedule and at its log /aws/lambda/${functionName}.`,
      report: this.metric(NOT_SET_UP_METRIC, Stats.SAMPLE_COUNT),
      periods: FAILING_MINUTES,
    });
    this.failing = new Alarm(scope, 'Failing', {
      alarmName: `${functionName}-failing`,
      alarmDescription: `The probe of ${subject} fails, so nobody sees whether it is well. Its log /aws/lambda/${functionName} says why; often it has no way to Systems Manager, or timed out.`,
      metric: this.healing.function.metricErrors({ period: Duration.minutes(1) }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: FAILING_MINUTES,
      treatMissingData: TreatMissingData.MISSING,
    });
  }

  /** One of the probe's metrics, by minutes. */
  metric(metricName: string, statistic: string): Metric {
    return new Metric({
      namespace: PROBE_NAMESPACE,
      metricName,
      dimensionsMap: this.#dimensionsMap,
      statistic,
      period: Duration.minutes(1),
    });
  }

  /** Has people told by a topic when the probe is not set up, fails or is silent. Twice is once. */
  tell(topic: ITopic): void {
    if (this.#told.has(topic.node.path)) return;
    this.#told.add(topic.node.path);
    this.notSetUp.addAlarmAction(new SnsAction(topic));
    this.failing.addAlarmAction(new SnsAction(topic));
    this.silent.addInsufficientDataAction(new SnsAction(topic));
  }
}

/** From where the probe looks: another place is another configuration, under which it may never have been well. */
function placeOf(network: HealingFunctionProps['options']): string {
  const subnets = network?.vpc?.selectSubnets(network.vpcSubnets).subnetIds ?? [];
  return [...subnets, ...(network?.securityGroups ?? []).map(({ securityGroupId }) => securityGroupId)].join(' ');
}

/** The places are named once, in front: CloudWatch takes 1,024 characters, and a host's name alone may have many. */
function notSetUpInWords({ subject, way, faults }: ScheduledProbeProps): string {
  const login = way.login === undefined ? '' : `, with ${way.login}`;
  const begin = `The probe of ${subject} at ${shown(way.to)}, from ${way.from}${login}, was never well and heals nothing yet. The value is what to mend:`;
  const short = { to: 'it', from: 'the probe', login: 'the login' };
  return `${begin} ${faults.map((fault) => `${faultNumber(fault)} ${faultInWords(fault, short)}`).join('. ')}.`;
}

/** Cut where it is text; a token is no text. */
function shown(place: string): string {
  return Token.isUnresolved(place) || place.length <= LONGEST_PLACE ? place : `${place.slice(0, LONGEST_PLACE)}…`;
}
