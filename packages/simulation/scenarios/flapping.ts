import { between } from '../random.ts';
import type { SimulationScenario } from './scenario.ts';
import { policyFor } from './stage.ts';

const MINUTE = 60_000;

/** Share of the targets whose alarm toggles. */
const TOGGLING = 0.02;

export const flapping: SimulationScenario = {
  name: 'flapping',
  title: 'the alarm of one target in fifty goes on and off every few minutes, twelve times, whatever is done',
  befall: ({ fleets, random }) => ({
    faults: fleets.flatMap((fleet) =>
      fleet.instances
        .filter(() => random() < TOGGLING)
        .map(({ id }) => ({
          policy: policyFor(fleet, 'memory').name,
          target: { kind: 'instance' as const, id },
          at: Math.round(between(random, 0, 10 * MINUTE)),
          lasts: Math.round(between(random, 2 * MINUTE, 6 * MINUTE)),
          curedBy: [],
          cureTakes: MINUTE,
          returns: { times: 11, after: Math.round(between(random, 2 * MINUTE, 4 * MINUTE)) },
          deliveries: [500],
        })),
    ),
  }),
};
