import { readdirSync, readFileSync } from 'node:fs';
import { AGENT_CONFIGURATIONS, AGENT_SERVICE } from '@self-healing/local-aws/nodes/agent-package.ts';
import type { ManagedNode } from '@self-healing/local-aws/nodes/managed-node.ts';
import type { NodeMeasurement } from '@self-healing/local-aws/nodes/node-measurements.ts';
import type { AgentConfiguration } from '../../lib/agent-configuration.ts';
import { storedSeries } from '../../lib/agent-series.ts';
import { fixtures } from './fixtures.ts';

/** One value of one series. */
export interface AgentMetric {
  readonly name: string;
  readonly value: number;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Where the programs of a real machine would lie: that of the web service, and one beside it that runs whether or not the service does. */
const SERVICE_PROGRAM = `/usr/sbin/${fixtures.service}`;
const PROGRAM_BESIDE = `/usr/local/bin/${fixtures.service}_exporter`;

/**
 * What the CloudWatch agent of a node sends, by the configurations that lie on the node: nothing where it does not run, and of what the
 * rehearsal does not measure nothing either.
 */
export function agentMetrics(
  node: Pick<ManagedNode, 'isUp' | 'processesOf' | 'folder' | 'instanceId' | 'name'>,
  measurement: NodeMeasurement,
): readonly AgentMetric[] {
  if (!node.isUp() || node.processesOf(AGENT_SERVICE).length === 0) return [];
  return configurationsOn(node)
    .flatMap(storedSeries)
    .flatMap(({ metric, dimensions }) => {
      const value = measured(metric, dimensions, measurement);
      const known = Object.entries(dimensions).map(([name, given]) => [name, given ?? ofMachine(name, node)]);
      return value === undefined ? [] : [{ name: metric, value, dimensions: Object.fromEntries(known) as Record<string, string> }];
    });
}

/** Both the agent's own format and the files' names are the agent's; a file that cannot be read is one that it could not read either. */
function configurationsOn(node: Pick<ManagedNode, 'folder'>): readonly AgentConfiguration[] {
  const folder = `${node.folder.root}${AGENT_CONFIGURATIONS}`;
  return readdirSync(folder)
    .filter((name) => !name.endsWith('.tmp'))
    .map((name) => JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')) as AgentConfiguration);
}

function measured(
  metric: string,
  { path, exe }: Readonly<Record<string, string | undefined>>,
  { memoryUsedPercent, diskUsedPercent, serviceProcesses, cpuUsedPercent }: NodeMeasurement,
): number | undefined {
  switch (metric) {
    case 'mem_used_percent':
      // Without the service its memory is free.
      return memoryUsedPercent ?? 0;
    case 'cpu_usage_active':
      return cpuUsedPercent;
    case 'disk_used_percent':
      return path === fixtures.disk ? diskUsedPercent : undefined;
    case 'procstat_lookup_pid_count':
      return exe === undefined ? undefined : processesCounted(exe, serviceProcesses);
    default:
      return undefined;
  }
}

/** As procstat counts them: all in the path of whose executable it finds the regular expression. */
function processesCounted(exe: string, ofService: number): number {
  const running = [...Array.from({ length: ofService }, () => SERVICE_PROGRAM), PROGRAM_BESIDE];
  return running.filter((path) => new RegExp(exe).test(path)).length;
}

/** The values that only the machine knows. */
function ofMachine(name: string, node: Pick<ManagedNode, 'instanceId' | 'name'>): string {
  const values: Readonly<Record<string, string>> = {
    InstanceId: node.instanceId,
    host: node.name,
    fstype: 'tmpfs',
    device: 'rehearsal-disk',
    pid_finder: 'native',
  };
  return values[name] ?? 'unknown';
}

/** The dimensions with which the agents of the default app's fleet send what its alarms read. */
export function fleetDimensions(instanceId: string, further: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return { InstanceId: instanceId, SelfHealing: `${fixtures.pipeline}/Fleet/1-of-1`, ...further };
}
