import type { Alongside, Policy } from '../../../lambdas/core/policy.ts';
import { between } from '../random.ts';
import type { SimulationScenario } from './scenario.ts';
import { policyFor, remediesOf, type SimulatedFleet } from './stage.ts';

const MINUTE = 60_000;

/** Share of the targets that fall ill under each of both policies. */
const ILL = 0.05;

export const overlapping: SimulationScenario = {
  name: 'overlapping',
  title: 'every machine is in two groups with policies of their own; one target in twenty falls ill under each within twenty minutes',
  befall: ({ fleets, random }) => {
    const pairs = fleets.map((fleet) => ({ fleet, policies: pairOf(fleet) }));
    return {
      policies: pairs.flatMap(({ policies }) => policies),
      faults: pairs.flatMap(({ fleet, policies }) =>
        policies.flatMap((policy) =>
          fleet.instances
            .filter(() => random() < ILL)
            .map(({ id }) => ({
              policy: policy.name,
              target: { kind: 'instance' as const, id },
              at: Math.round(between(random, 0, 20 * MINUTE)),
              curedBy: remediesOf(policy),
              cureTakes: Math.round(between(random, MINUTE, 3 * MINUTE)),
              deliveries: [500],
            })),
        ),
      ),
    };
  },
};

/** The fleet under its tag, and the same machines by their ids; each policy knows of the other's group. */
function pairOf(fleet: SimulatedFleet): readonly Policy[] {
  const tagged = policyFor(fleet, 'service-down');
  const given: Policy = {
    ...policyFor(fleet, 'memory'),
    name: `${fleet.name}-given-memory`,
    group: { kind: 'instances', name: `${fleet.name}-given`, ids: fleet.instances.map(({ id }) => id) },
  };
  return [
    { ...tagged, alongside: [besides(given)] },
    { ...given, alongside: [besides(tagged)] },
  ];
}

function besides({ group, guardrails: { blastRadius, healthyFloor } }: Policy): Alongside {
  return { group, blastRadius, healthyFloor };
}
