import { between, oneOf } from '../dice.ts';
import type { SimulationScenario } from './scenario.ts';
import { remediesOf } from './stage.ts';

export const storm: SimulationScenario = {
  name: 'storm',
  title: 'every target shows the same symptom within one second, and a restart helps each',
  befall: ({ fleets, dice }) => ({
    faults: fleets.flatMap(({ instances, policies }) => {
      const policy = policies['service-down'];
      if (!policy) throw new Error('no fleet is watched for service-down');
      return instances.map(({ id }) => ({
        policy: policy.name,
        target: { kind: 'instance' as const, id },
        at: Math.round(between(dice, 0, 1_000)),
        curedBy: [oneOf(dice, remediesOf(policy))],
        cureTakes: 60_000,
        deliveries: dice() < 0.2 ? [500, 2_000] : [500],
      }));
    }),
  }),
};
