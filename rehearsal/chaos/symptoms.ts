import type { Dimensions } from '@self-healing/local-aws/services/cloudwatch/dimensions.ts';
import { processPattern } from '../../lib/symptoms/process-pattern.ts';
import { fleetDimensions } from '../stage/agent-metrics.ts';
import { fixtures } from '../stage/fixtures.ts';

/** A symptom that a simulated machine can have: its metric, and which remedies cure it how often. */
export interface SimulatedSymptom {
  readonly policy: string;
  readonly metric: { readonly namespace: string; readonly name: string; dimensions(target: string): Dimensions };
  readonly well: number;
  readonly ill: number;
  /** By the end of the document's or act's name: the share of acts that cure. */
  readonly cures: Readonly<Record<string, number>>;
}

function agent(name: string, further: Readonly<Record<string, string>> = {}): SimulatedSymptom['metric'] {
  return { namespace: 'CWAgent', name, dimensions: (instanceId) => fleetDimensions(instanceId, further) };
}

/** What befalls the machines of the tagged fleet. */
export const fleetSymptoms = {
  memory: {
    policy: 'Fleet-memory',
    metric: agent('mem_used_percent'),
    well: 40,
    ill: 97,
    cures: { 'clear-caches': 0.5, 'restart-service': 0.8, 'restart-instance': 1 },
  },
  disk: {
    policy: 'Fleet-disk',
    metric: agent('disk_used_percent', { path: fixtures.disk }),
    well: 30,
    ill: 96,
    cures: { 'clear-caches': 0.9 },
  },
  serviceDown: {
    policy: 'Fleet-service-down',
    metric: agent('procstat_lookup_pid_count', { exe: processPattern(fixtures.service) }),
    well: 4,
    ill: 0,
    cures: { 'restart-service': 0.85, 'restart-instance': 1 },
  },
} as const satisfies Readonly<Record<string, SimulatedSymptom>>;

/** What befalls the database. */
export const databaseSymptom: SimulatedSymptom = {
  policy: 'Database-connections',
  metric: {
    namespace: 'AWS/RDS',
    name: 'DatabaseConnections',
    dimensions: (DBInstanceIdentifier) => ({ DBInstanceIdentifier }),
  },
  well: 5,
  ill: fixtures.database.connectionsAbove + 20,
  cures: { reboot: 1 },
};

/** What befalls the Auto Scaling group: more work than its members can do, until there is another one. */
export const groupSymptom: SimulatedSymptom = {
  policy: 'Group-group-cpu',
  metric: {
    namespace: 'AWS/EC2',
    name: 'CPUUtilization',
    dimensions: (AutoScalingGroupName) => ({ AutoScalingGroupName }),
  },
  well: 20,
  ill: 95,
  cures: { launch: 1 },
};
