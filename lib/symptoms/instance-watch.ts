import { Duration } from 'aws-cdk-lib';
import { Alarm, type ComparisonOperator, MathExpression, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { ProofMetric } from '../../lambdas/core/policy.ts';
import type { Fleet } from '../fleet.ts';
import { memberSuffixes } from '../member-suffix.ts';
import { OWN_DIMENSION, ownValue, ownValues } from '../own-series.ts';
import { PolicyError } from '../policy-error.ts';
import type { SymptomProps, Watch, WatchScope } from './symptom.ts';

/** A metric that every instance of a fleet reports for itself. */
export interface InstanceMetric {
  readonly namespace: 'CWAgent' | 'AWS/EC2';
  readonly name: string;
  readonly statistic: 'MAX' | 'MIN';
  /** Dimensions beside the instance, with fixed values. */
  readonly dimensions: Readonly<Record<string, string>>;
  /**
   * Dimensions that the metric has besides, while it comes from the pipeline's own agents, and of which each instance has one value
   * at a time that need not be known.
   * @default - none
   */
  readonly unasked?: readonly string[];
  readonly threshold: number;
  readonly comparison: ComparisonOperator;
}

/** An instance without a datapoint for this long is silent; five periods, since agents send late. */
const PROOF_WITHIN = { minutes: 5 };

const PERIOD = Duration.minutes(1);

/** Which series of a metric are asked for. */
interface Asked {
  readonly metric: InstanceMetric;
  /** Dimensions beside the instance, with the values that they must have. */
  readonly fixed: Readonly<Record<string, string>>;
  readonly unasked: readonly string[];
}

/**
 * Watches one metric of every instance of a fleet: by one contributor alarm for each shard where the members change by themselves, by
 * one alarm per instance where they are given. The contributor events name the instance.
 */
export function watchInstances(fleet: Fleet, watching: WatchScope<SymptomProps>, metric: InstanceMetric): readonly Watch[] {
  const { members } = fleet;
  const own = metric.namespace === 'CWAgent' ? watching.own : undefined;
  const unasked = own ? (metric.unasked ?? []) : [];
  if (members.kind === 'instances') {
    // The instances of a list have one shard: each has an alarm of its own anyway.
    const fixed = { ...(own && { [OWN_DIMENSION]: ownValue(own, 1) }), ...metric.dimensions };
    const suffixes = memberSuffixes(watching.scope, members.ids, watching.policy);
    return members.ids.map((id, index) => watchInstance(id, suffixes[index] ?? '', watching, { metric, fixed, unasked }));
  }
  if (!own) {
    // The metrics of the user's agents carry the group's name as a dimension.
    const fixed = { ...(members.kind === 'auto-scaling-group' && { AutoScalingGroupName: members.name }), ...metric.dimensions };
    return [watchMembers(watching, { metric, fixed, unasked })];
  }
  return ownValues(own).map((value, index, all) =>
    watchMembers(
      watching,
      { metric, fixed: { [OWN_DIMENSION]: value, ...metric.dimensions }, unasked },
      all.length > 1 ? { number: index + 1, of: all.length } : undefined,
    ),
  );
}

function watchMembers(watching: WatchScope<SymptomProps>, asked: Asked, shard?: { readonly number: number; readonly of: number }): Watch {
  const { metric, fixed } = asked;
  const suffix = shard && String(shard.number);
  const alarm = new Alarm(watching.scope, `Alarm${suffix ?? ''}`, {
    ...alarmProps(watching, metric),
    alarmName: watching.alarmName(suffix),
    metric: new MathExpression({
      // The worst first: of more than 500 series an alarm sees only the first.
      expression: `${insightsQuery(asked)} GROUP BY "InstanceId" ORDER BY ${metric.statistic}() ${metric.statistic === 'MAX' ? 'DESC' : 'ASC'}`,
      usingMetrics: {},
      period: PERIOD,
      label: metric.name,
    }),
  });
  const proof = proofBy(asked, fixed);
  const targets = { kind: 'contributor', attribute: 'InstanceId', ...(shard && { shards: shard.of }) } as const;
  return { alarm, targets, proof, ...(suffix !== undefined && { suffix }) };
}

function proofBy({ metric, unasked }: Asked, dimensions: Readonly<Record<string, string>>): ProofMetric {
  const { namespace, name } = metric;
  return { namespace, metric: name, dimensions, ...(unasked.length > 0 && { unasked: [...unasked] }), within: PROOF_WITHIN };
}

function watchInstance(id: string, suffix: string, watching: WatchScope<SymptomProps>, asked: Asked): Watch {
  const { metric, fixed, unasked } = asked;
  const alarm = new Alarm(watching.scope, `Alarm${suffix}`, {
    ...alarmProps(watching, metric),
    alarmName: watching.alarmName(suffix),
    metric:
      unasked.length > 0
        ? // A metric must be named with the values of all of its dimensions; a query need not.
          new MathExpression({
            expression: insightsQuery({ ...asked, fixed: { ...fixed, InstanceId: id } }),
            usingMetrics: {},
            period: PERIOD,
            label: metric.name,
          })
        : new Metric({
            namespace: metric.namespace,
            metricName: metric.name,
            dimensionsMap: { InstanceId: id, ...fixed },
            statistic: metric.statistic === 'MAX' ? 'Maximum' : 'Minimum',
            period: PERIOD,
          }),
  });
  const proof = proofBy(asked, { InstanceId: id, ...fixed });
  return { alarm, targets: { kind: 'fixed', target: { kind: 'instance', id } }, proof, suffix };
}

function alarmProps({ minutes }: WatchScope<SymptomProps>, { threshold, comparison }: InstanceMetric) {
  return {
    threshold,
    comparisonOperator: comparison,
    evaluationPeriods: minutes,
    datapointsToAlarm: minutes,
    treatMissingData: TreatMissingData.MISSING,
  };
}

/**
 * `SCHEMA` takes only series with exactly these dimensions, so that an instance is one series. All names are quoted: some, such as
 * `path`, are reserved words of Metrics Insights.
 */
function insightsQuery({ metric, fixed, unasked }: Asked): string {
  const dimensions = new Set(['InstanceId', ...Object.keys(fixed), ...unasked]);
  const conditions = Object.entries(fixed).map(([name, value]) => `${identifier(name)} = ${quoted(value)}`);
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  return `SELECT ${metric.statistic}(${identifier(metric.name)}) FROM SCHEMA(${[metric.namespace, ...dimensions].map(identifier).join(', ')})${where}`;
}

function quoted(value: string): string {
  if (value.includes("'")) throw new PolicyError(value, ['a value in a Metrics Insights query must not contain a quote']);
  return `'${value}'`;
}

function identifier(name: string): string {
  if (name.includes('"')) throw new PolicyError(name, ['a name in a Metrics Insights query must not contain a double quote']);
  return `"${name}"`;
}
