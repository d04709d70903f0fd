import { type CloudWatchClient, type MetricDatum, PutMetricDataCommand, StandardUnit } from '@aws-sdk/client-cloudwatch';
import type { DatabaseReading, OrdersDatabase } from '@self-healing/local-aws/database/orders-database.ts';
import type { ManagedNode } from '@self-healing/local-aws/nodes/managed-node.ts';
import { createNodeMeter, type NodeMeasurement, type NodeMeter } from '@self-healing/local-aws/nodes/node-measurements.ts';
import { isUnhealthy, type TargetAnswers } from '@self-healing/local-aws/services/load-balancing.ts';
import { messageOf } from '../../lambdas/core/failure.ts';
import { agentMetrics } from './agent-metrics.ts';
import { fixtures } from './fixtures.ts';
import type { Machines } from './machines.ts';

/** Twice in each shortened period of two seconds. */
const MEASURE_EVERY_MS = 1_000;

/** Shorter than the distance of two measurements, so that a hung service does not hold them up. */
const ANSWER_TIMEOUT_MS = 600;

interface Measured {
  readonly node: ManagedNode;
  readonly measurement: NodeMeasurement;
}

/** Measures the nodes as CloudWatch agents, health checks and RDS would, and puts the metrics. */
export class Probes {
  readonly #machines: Machines;
  readonly #database: OrdersDatabase;
  readonly #groupMembers: () => readonly string[];
  readonly #client: CloudWatchClient;
  readonly #meters = new Map<ManagedNode, NodeMeter>();
  readonly #failures = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  /** What went wrong while measuring; shown at the end of the rehearsal. */
  readonly problems: string[] = [];

  constructor(machines: Machines, database: OrdersDatabase, groupMembers: () => readonly string[], client: CloudWatchClient) {
    this.#machines = machines;
    this.#database = database;
    this.#groupMembers = groupMembers;
    this.#client = client;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#round ??= this.#measure()
        .catch((error) => void this.problems.push(messageOf(error)))
        .finally(() => {
          this.#round = undefined;
        });
    }, MEASURE_EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#round;
  }

  /** How the members of the group answer, for the load balancer's view. */
  targetAnswers(): readonly TargetAnswers[] {
    return this.#groupMembers().map((instanceId) => ({ instanceId, failures: this.#failures.get(instanceId) ?? 0 }));
  }

  async #measure(): Promise<void> {
    const measured = await Promise.all(
      this.#machines.nodes().map(async (node) => ({ node, measurement: await this.#meter(node).measure() })),
    );
    for (const { node, measurement } of measured) {
      this.#failures.set(node.instanceId, measurement.answer.answered ? 0 : (this.#failures.get(node.instanceId) ?? 0) + 1);
    }
    const members = measured.filter(({ node }) => this.#groupMembers().includes(node.instanceId));
    const reading = await this.#database.measure();
    await Promise.all([
      this.#put(
        'CWAgent',
        measured.flatMap(({ node, measurement }) =>
          agentMetrics(node, measurement).map(({ name, value, dimensions }) => datum(name, value, dimensions, StandardUnit.None)),
        ),
      ),
      this.#put('AWS/EC2', [...measured.flatMap(statusChecks), ...groupCpu(members)]),
      this.#put('AWS/ApplicationELB', this.#balancerMetrics(members)),
      this.#put('AWS/RDS', databaseMetrics(reading)),
    ]);
  }

  #balancerMetrics(members: readonly Measured[]): MetricDatum[] {
    const dimensions = { LoadBalancer: fixtures.loadBalancer, TargetGroup: fixtures.targetGroup };
    const answered = members.filter(({ measurement }) => measurement.answer.answered);
    return [
      datum('UnHealthyHostCount', this.targetAnswers().filter(isUnhealthy).length, dimensions),
      ...answered.map(({ measurement }) =>
        datum('TargetResponseTime', measurement.answer.latencyMs / 1_000, dimensions, StandardUnit.Seconds),
      ),
    ];
  }

  #meter(node: ManagedNode): NodeMeter {
    const known = this.#meters.get(node);
    if (known) return known;
    const made = createNodeMeter(node, { answerTimeoutMs: ANSWER_TIMEOUT_MS });
    this.#meters.set(node, made);
    return made;
  }

  async #put(Namespace: string, MetricData: MetricDatum[]): Promise<void> {
    if (MetricData.length > 0) await this.#client.send(new PutMetricDataCommand({ Namespace, MetricData }));
  }
}

/** RDS has no data of an engine that does not answer. */
function databaseMetrics(reading: DatabaseReading | undefined): MetricDatum[] {
  if (!reading) return [];
  const dimensions = { DBInstanceIdentifier: fixtures.database.id };
  return [
    datum('DatabaseConnections', reading.sessions, dimensions),
    datum('FreeStorageSpace', reading.freeStorageBytes, dimensions, StandardUnit.Bytes),
  ];
}

/**
 * The status checks of a node that is up are passed: its host and its volumes are those of the machine that rehearses. Of one
 * that boots EC2 says nothing.
 */
function statusChecks({ node }: Measured): MetricDatum[] {
  if (!node.isUp()) return [];
  return ['System', 'Instance', 'AttachedEBS'].map((check) => datum(`StatusCheckFailed_${check}`, 0, { InstanceId: node.instanceId }));
}

function groupCpu(members: readonly Measured[]): MetricDatum[] {
  return members.flatMap(({ measurement: { cpuUsedPercent } }) =>
    cpuUsedPercent === undefined
      ? []
      : [datum('CPUUtilization', cpuUsedPercent, { AutoScalingGroupName: fixtures.group.name }, StandardUnit.Percent)],
  );
}

function datum(
  MetricName: string,
  Value: number,
  dimensions: Readonly<Record<string, string>>,
  Unit: StandardUnit = StandardUnit.Count,
): MetricDatum {
  return {
    MetricName,
    Value,
    Unit,
    Timestamp: new Date(),
    Dimensions: Object.entries(dimensions).map(([Name, value]) => ({ Name, Value: value })),
  };
}
