import { between } from '../random.ts';
import type { SimulationScenario } from './scenario.ts';
import { policyFor, remediesOf } from './stage.ts';

export const storm: SimulationScenario = {
  name: 'storm',
  title: 'every target shows the same symptom within one second, and a restart would help each',
  befall: ({ fleets, random }) => ({
    faults: fleets.flatMap((fleet) => {
      const policy = policyFor(fleet, 'service-down');
      return fleet.instances.map(({ id }) => ({
        policy: policy.name,
        target: { kind: 'instance' as const, id },
        at: Math.round(between(random, 0, 1_000)),
        curedBy: remediesOf(policy),
        cureTakes: 60_000,
        deliveries: random() < 0.2 ? [500, 2_000] : [500],
      }));
    }),
  }),
};
