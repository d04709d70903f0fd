import { between } from '../random.ts';
import type { SimulationScenario } from './scenario.ts';
import { policyFor } from './stage.ts';

const MINUTE = 60_000;

export const badProbe: SimulationScenario = {
  name: 'bad-probe',
  title: 'a probe that was just rolled out says of target after target that its service is down; nothing is wrong and nothing helps',
  befall: ({ fleets, random }) => ({
    faults: fleets.flatMap((fleet) => {
      const policy = policyFor(fleet, 'service-down');
      return fleet.instances.map(({ id }) => ({
        policy: policy.name,
        target: { kind: 'instance' as const, id },
        at: Math.round(between(random, 0, 60 * MINUTE)),
        lasts: 90 * MINUTE,
        curedBy: [],
        cureTakes: MINUTE,
        deliveries: [500],
      }));
    }),
  }),
};
