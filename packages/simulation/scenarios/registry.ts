import { badProbe } from './bad-probe.ts';
import { duplicates } from './duplicates.ts';
import { everyday } from './everyday.ts';
import { flapping } from './flapping.ts';
import { overlapping } from './overlapping.ts';
import { partition } from './partition.ts';
import { rolling } from './rolling.ts';
import type { SimulationScenario } from './scenario.ts';
import { shardedFleet } from './sharded-fleet.ts';
import { storm } from './storm.ts';

/** Every scenario; the first is simulated unless another is asked for. */
export const simulationScenarios: readonly [SimulationScenario, ...SimulationScenario[]] = [
  everyday,
  storm,
  rolling,
  partition,
  flapping,
  badProbe,
  overlapping,
  duplicates,
  shardedFleet,
];
