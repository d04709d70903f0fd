import { between } from '../random.ts';
import type { SimulationScenario } from './scenario.ts';
import { policyFor } from './stage.ts';

const MINUTE = 60_000;

export const rolling: SimulationScenario = {
  name: 'rolling',
  title: 'a release rolls over every fleet, one member after another; each is down for three minutes and comes back by itself',
  befall: ({ fleets, random }) => ({
    faults: fleets.flatMap((fleet) => {
      const policy = policyFor(fleet, 'service-down');
      const begins = Math.round(between(random, 0, 30 * MINUTE));
      return fleet.instances.map(({ id }, turn) => ({
        policy: policy.name,
        target: { kind: 'instance' as const, id },
        at: begins + turn * 20_000,
        lasts: 3 * MINUTE,
        curedBy: [],
        cureTakes: MINUTE,
        deliveries: [500],
      }));
    }),
  }),
};
