import { Duration } from 'aws-cdk-lib';
import { Alarm, type ComparisonOperator, MathExpression, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Fleet } from '../fleet.ts';
import { PolicyError } from '../policy-error.ts';
import type { SymptomProps, Watch, WatchScope } from './symptom.ts';

/** A metric that every instance of a fleet reports for itself. */
export interface InstanceMetric {
  readonly namespace: 'CWAgent' | 'AWS/EC2';
  readonly name: string;
  readonly statistic: 'MAX' | 'MIN';
  /** Dimensions beside the instance, with fixed values. */
  readonly dimensions: Readonly<Record<string, string>>;
  readonly threshold: number;
  readonly comparison: ComparisonOperator;
}

/** A datapoint at most this old proves that an instance still reports; five periods, since agents send late. */
const PROOF_WITHIN = { minutes: 5 };

const PERIOD = Duration.minutes(1);

/**
 * Watches one metric of every instance of a fleet: by one contributor alarm where the members change by themselves, by
 * one alarm per instance where they are given. The contributor events name the instance.
 */
export function watchInstances(fleet: Fleet, watching: WatchScope<SymptomProps>, metric: InstanceMetric): readonly Watch[] {
  const { members } = fleet;
  if (members.kind === 'instances') return members.ids.map((id, index) => watchInstance(id, index, watching, metric));
  const alarm = new Alarm(watching.scope, 'Alarm', {
    ...alarmProps(watching, metric),
    alarmName: watching.alarmName(),
    metric: new MathExpression({ expression: insightsQuery(fleet, metric), usingMetrics: {}, period: PERIOD, label: metric.name }),
  });
  const proof = {
    namespace: metric.namespace,
    metric: metric.name,
    dimensions: { ...groupDimension(fleet, metric), ...metric.dimensions },
    within: PROOF_WITHIN,
  };
  return [{ alarm, targets: { kind: 'contributor', attribute: 'InstanceId' }, proof }];
}

function watchInstance(id: string, index: number, watching: WatchScope<SymptomProps>, metric: InstanceMetric): Watch {
  const suffix = String(index + 1);
  const alarm = new Alarm(watching.scope, `Alarm${suffix}`, {
    ...alarmProps(watching, metric),
    alarmName: watching.alarmName(suffix),
    metric: new Metric({
      namespace: metric.namespace,
      metricName: metric.name,
      dimensionsMap: { InstanceId: id, ...metric.dimensions },
      statistic: metric.statistic === 'MAX' ? 'Maximum' : 'Minimum',
      period: PERIOD,
    }),
  });
  return { alarm, targets: { kind: 'fixed', target: { kind: 'instance', id } }, suffix };
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

/** `SCHEMA` takes only the agent's roll-up with exactly these dimensions, so that an instance is one series. */
function insightsQuery(fleet: Fleet, metric: InstanceMetric): string {
  const dimensions = [...Object.keys(groupDimension(fleet, metric)), 'InstanceId', ...Object.keys(metric.dimensions)];
  const fixed = { ...groupDimension(fleet, metric), ...metric.dimensions };
  const conditions = Object.entries(fixed).map(([name, value]) => `${name} = ${quoted(value)}`);
  if (fleet.members.kind === 'tagged' && metric.namespace === 'AWS/EC2')
    conditions.push(`tag.${identifier(fleet.members.key)} = ${quoted(fleet.members.value)}`);
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  // The worst first: of more than 500 series an alarm sees only the first.
  const order = metric.statistic === 'MAX' ? 'DESC' : 'ASC';
  return `SELECT ${metric.statistic}(${identifier(metric.name)}) FROM SCHEMA("${metric.namespace}", ${dimensions.join(', ')})${where} GROUP BY InstanceId ORDER BY ${metric.statistic}() ${order}`;
}

/** The agent's metrics carry the group's name as a dimension; those of EC2 itself do not. */
function groupDimension({ members }: Fleet, { namespace }: InstanceMetric): Record<string, string> {
  return members.kind === 'auto-scaling-group' && namespace === 'CWAgent' ? { AutoScalingGroupName: members.name } : {};
}

function quoted(value: string): string {
  if (value.includes("'")) throw new PolicyError(value, ['a value in a Metrics Insights query must not contain a quote']);
  return `'${value}'`;
}

function identifier(name: string): string {
  return /^[A-Za-z][A-Za-z0-9_]*$/.test(name) ? name : `"${name}"`;
}
