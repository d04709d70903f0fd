import type { Hazards, Story } from '../story.ts';
import type { SimulationScenario } from './scenario.ts';
import type { Stage } from './stage.ts';

/** Where the simulated time begins: 2026-11-02T10:00:00Z. */
const STARTS_AT = 1_793_613_600_000;

/** A pipeline on an ordinary day: calls take up to 0.2 s, and now and then one of them, or a function, fails. */
const ORDINARY_HAZARDS: Hazards = {
  latency: 200,
  killed: 0.002,
  lost: 0.002,
  throttled: 0.005,
  refused: 0,
  stuck: 0.0005,
  doubled: 0.002,
  skew: 1_000,
  failedCommands: 0.05,
};

/** The story of a scenario on a stage. */
export function storyOf(scenario: SimulationScenario, stage: Stage): Story {
  return {
    seed: stage.seed,
    startsAt: STARTS_AT,
    policies: stage.fleets.flatMap(({ policies }) => Object.values(policies)),
    instances: stage.fleets.flatMap(({ instances }) => instances),
    groups: [],
    databases: [],
    clusters: [],
    volumes: [],
    silentAgents: [],
    operators: [],
    departures: [],
    outages: [],
    hazards: ORDINARY_HAZARDS,
    ...scenario.befall(stage),
  };
}
