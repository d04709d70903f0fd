import type { AgentConfiguration } from './agent-configuration.ts';
import { storedSeries } from './agent-series.ts';

/**
 * US list prices in dollars a month, of CloudWatch's price list as repositories quoted it in 2026: a custom metric and an alarm are
 * prorated by the hour, an alarm on a query pays for every metric that it analyses, GetMetricData for every metric of its answer. The first
 * three dashboards of an account are free.
 */
export const listPrices: Prices = { customMetric: 0.3, alarmMetric: 0.1, compositeAlarm: 0.5, thousandMetricsRead: 0.01, dashboard: 3 };

/** Dollars a month, of the Region and with the discounts of whoever pays. */
export interface Prices {
  readonly customMetric: number;
  /** Of each metric that an alarm looks at. */
  readonly alarmMetric: number;
  readonly compositeAlarm: number;
  /** Of GetMetricData. */
  readonly thousandMetricsRead: number;
  readonly dashboard: number;
}

/** How many instances a fleet has whose members are not listed in the template. */
export interface CountedFleet {
  /** By which queries and agents' configurations name it. */
  readonly named: string;
  readonly members: number;
}

/** A part of a synthesized template. */
interface Resource {
  readonly Type: string;
  readonly Properties?: unknown;
}

export interface CostLine {
  readonly what: string;
  readonly quantity: number;
  readonly dollars: number;
}

interface AlarmProperties {
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: unknown;
  readonly Metrics?: readonly {
    readonly Expression?: unknown;
    readonly MetricStat?: { readonly Metric: { readonly Namespace: string } };
  }[];
}

const HOURS_A_MONTH = 730;

/**
 * What a stack costs a month for its alarms and metrics, with so many instances in each fleet whose members are not listed, or with those that
 * were counted; a query that names none of the counted fleets looks at all of their instances. Everything
 * else that it has (functions, table, queue, logs) costs something only when something happens.
 */
export function monthlyCost(
  template: { readonly Resources: Readonly<Record<string, Resource>> },
  counted: number | readonly CountedFleet[],
  prices: Prices = listPrices,
): readonly CostLine[] {
  const instancesIn = countOf(counted);
  const all = Object.values(template.Resources);
  const properties = <Kind>(type: string) => all.filter(({ Type }) => Type === type).map(({ Properties }) => Properties as Kind);
  const alarms = properties<AlarmProperties>('AWS::CloudWatch::Alarm');
  const analysed = sum(alarms.map((alarm) => (groupsInstances(alarm) ? instancesIn(queryOf(alarm)) / shardsOf(alarm) : 0)));
  const standard = sum(alarms.filter((alarm) => !groupsInstances(alarm)).map(metricsOf));
  const own = new Set(
    alarms
      .filter(({ Namespace }) => Namespace === 'SelfHealing')
      .map(({ MetricName, Dimensions }) => JSON.stringify([MetricName, Dimensions])),
  );
  const fleets = properties<{ readonly Parameters?: Record<string, readonly unknown[]>; readonly Targets?: readonly Target[] }>(
    'AWS::SSM::Association',
  ).map(({ Parameters, Targets }) => {
    const configuration = configurationOf(Parameters?.Configuration?.[0]);
    return { series: seriesOf(configuration), members: membersOf(Targets, instancesIn(configuration ?? '')) };
  });
  const sent = sum(fleets.map(({ series, members }) => series.all * members));
  const read = sum(fleets.map(({ series, members }) => series.read * members)) * looksAMonth(properties('AWS::Events::Rule'));
  const dashboards = properties('AWS::CloudWatch::Dashboard').length;
  const composite = properties('AWS::CloudWatch::CompositeAlarm').length;
  return [
    { what: 'alarms on fleets, by the metrics that their queries analyse', quantity: analysed, dollars: analysed * prices.alarmMetric },
    { what: 'other alarms, by the metrics that they look at', quantity: standard, dollars: standard * prices.alarmMetric },
    { what: 'composite alarms', quantity: composite, dollars: composite * prices.compositeAlarm },
    { what: "the agents' metrics", quantity: sent, dollars: sent * prices.customMetric },
    { what: "the pipeline's own metrics", quantity: own.size, dollars: own.size * prices.customMetric },
    { what: 'metrics read to see that agents are not silent', quantity: read, dollars: (read / 1_000) * prices.thousandMetricsRead },
    { what: 'dashboards, of which three are free in an account', quantity: dashboards, dollars: dashboards * prices.dashboard },
  ];
}

export function totalOf(lines: readonly CostLine[]): number {
  return sum(lines.map(({ dollars }) => dollars));
}

interface Target {
  readonly Key: string;
  readonly Values: readonly string[];
}

function groupsInstances({ Metrics = [] }: AlarmProperties): boolean {
  return Metrics.some(({ Expression }) => /GROUP BY "InstanceId"/.test(textOf(Expression)));
}

function queryOf({ Metrics = [] }: AlarmProperties): string {
  return Metrics.map(({ Expression }) => textOf(Expression)).join(' ');
}

/** An alarm of a shard analyses its own part of the fleet only. */
function shardsOf({ Metrics = [] }: AlarmProperties): number {
  const [, count = '1'] = /\d+-of-(\d+)'/.exec(textOf(Metrics[0]?.Expression)) ?? [];
  return Number(count);
}

/** Metric math pays for each metric in it, a band of expected values for two more. */
function metricsOf({ Metrics }: AlarmProperties): number {
  if (!Metrics) return 1;
  const stats = Metrics.filter(({ MetricStat }) => MetricStat).length;
  const band = Metrics.some(({ Expression }) => textOf(Expression).startsWith('ANOMALY_DETECTION_BAND')) ? 2 : 0;
  return Math.max(stats, 1) + band;
}

function countOf(counted: number | readonly CountedFleet[]): (text: string) => number {
  if (typeof counted === 'number') return () => counted;
  const all = sum(counted.map(({ members }) => members));
  return (text) => counted.find(({ named }) => text.includes(named))?.members ?? all;
}

function configurationOf(base64: unknown): string | undefined {
  if (base64 === undefined) return undefined;
  return typeof base64 === 'string' ? atob(base64) : textOf((base64 as { readonly 'Fn::Base64'?: unknown })['Fn::Base64']);
}

function seriesOf(json: string | undefined): { readonly all: number; readonly read: number } {
  if (json === undefined) return { all: 0, read: 0 };
  const series = storedSeries(JSON.parse(json) as AgentConfiguration);
  // Of a metric that is stored twice only one is looked at.
  return {
    all: series.length,
    read: new Set(series.map(({ metric, dimensions }) => `${metric} ${dimensions.path} ${dimensions.exe}`)).size,
  };
}

function membersOf(targets: readonly Target[] | undefined, instances: number): number {
  const [target] = targets ?? [];
  return target?.Key === 'InstanceIds' ? target.Values.length : instances;
}

/** How often the agents of one fleet are looked at. */
function looksAMonth(rules: readonly { readonly Description?: unknown; readonly ScheduleExpression?: string }[]): number {
  const rule = rules.find(({ Description }) => textOf(Description).startsWith('Looks at the CloudWatch agents'));
  const [, minutes] = /^rate\((\d+) minutes\)$/.exec(rule?.ScheduleExpression ?? '') ?? [];
  return minutes === undefined ? 0 : (HOURS_A_MONTH * 60) / Number(minutes);
}

/** A text of a template. What CloudFormation puts in later has no influence on the cost. */
function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value ?? '');
  const { 'Fn::Join': join } = value as { readonly 'Fn::Join'?: readonly [string, readonly unknown[]] };
  return join ? join[1].map(textOf).join(join[0]) : 'later';
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
