import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { AGENT_CONFIGURATIONS } from '@self-healing/local-aws/nodes/agent-package.ts';
import type { NodeMeasurement } from '@self-healing/local-aws/nodes/node-measurements.ts';
import { afterEach, expect, it } from 'vitest';
import { type AgentCollection, agentConfiguration } from '../../lib/agent-configuration.ts';
import { fleetServiceDown } from '../../lib/symptoms/fleet-service-down.ts';
import { agentMetrics } from '../../rehearsal/stage/agent-metrics.ts';

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** What the simulated agent of a machine counts by a configuration. */
function counted(collection: AgentCollection, serviceProcesses: number): readonly number[] {
  const root = mkdtempSync(`${tmpdir()}/node-`);
  folders.push(root);
  mkdirSync(`${root}${AGENT_CONFIGURATIONS}`, { recursive: true });
  const configuration = agentConfiguration([collection], { pipeline: 'healing', protection: 'Fleet', shards: 1 });
  writeFileSync(`${root}${AGENT_CONFIGURATIONS}/file_self-healing.json`, JSON.stringify(configuration));
  const node = { isUp: () => true, processesOf: () => [1], folder: { root }, instanceId: 'i-0123456789abcdef0', name: 'web-1' };
  const measurement = { serviceProcesses } as NodeMeasurement;
  return agentMetrics(node as unknown as Parameters<typeof agentMetrics>[0], measurement).map(({ value }) => value);
}

it('a service that is down counts nothing beside an exporter whose name contains that of the service', () => {
  const asked = fleetServiceDown.agent?.({ service: 'web' }) as AgentCollection;
  expect(counted(asked, 0)).toEqual([0, 0]);
  expect(counted(asked, 3)).toEqual([3, 3]);
});

it('the agent itself counts the exporter, too, for a name as it is', () => {
  expect(counted({ section: 'procstat', measurement: 'pid_count', exe: 'web' }, 0)).toEqual([1, 1]);
});
