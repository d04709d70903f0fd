import { between, oneOf } from '../random.ts';
import type { Fault } from '../story.ts';
import type { SimulationScenario } from './scenario.ts';
import { remediesOf, type Stage } from './stage.ts';

const MINUTE = 60_000;

/** Share of the targets that fall ill within the half hour. */
const ILL = 0.02;

export const everyday: SimulationScenario = {
  name: 'everyday',
  title: 'one target in fifty falls ill within half an hour, each by itself',
  befall: (stage) => ({
    faults: stage.fleets.flatMap((fleet) => fleet.instances.flatMap((instance) => faultsOf(fleet, instance.id, stage))),
  }),
};

function faultsOf({ policies }: Stage['fleets'][number], id: string, { random }: Stage): Fault[] {
  if (random() >= ILL) return [];
  const policy = oneOf(random, Object.values(policies));
  const cure = oneOf(random, remediesOf(policy));
  return [
    {
      policy: policy.name,
      target: { kind: 'instance', id },
      at: Math.round(between(random, 0, 30 * MINUTE)),
      curedBy: random() < 0.9 ? [cure] : [],
      cureTakes: Math.round(between(random, MINUTE, 3 * MINUTE)),
      deliveries: random() < 0.1 ? [1_000, 3_000] : [1_000],
    },
  ];
}
