import { between, oneOf } from '../random.ts';
import type { SimulationScenario } from './scenario.ts';
import { policyFor, remediesOf } from './stage.ts';

const MINUTE = 60_000;

/** Deliveries of each event. */
const TIMES = 100;

/** Share of the targets that fall ill. */
const ILL = 0.04;

/** More than is used: here acts are to happen, so that they could happen twice. */
const LARGE_BUDGET = { acts: 500, per: { minutes: 10 } };

/** Machinery on a bad day: about one function in three is disturbed. */
const BAD_DAY = {
  latency: 1_000,
  killed: 0.08,
  lost: 0.08,
  throttled: 0.05,
  refused: 0.002,
  stuck: 0.01,
  doubled: 0.1,
  skew: 2_000,
  failedCommands: 0.2,
};

export const duplicates: SimulationScenario = {
  name: 'duplicates',
  title:
    'every event is delivered a hundred times in any order, while about one function in three dies, stalls, runs twice or loses an answer',
  befall: ({ fleets, random }) => ({
    hazards: BAD_DAY,
    policies: fleets.flatMap(({ policies }) =>
      Object.values(policies).map((policy) => ({ ...policy, guardrails: { ...policy.guardrails, budget: LARGE_BUDGET } })),
    ),
    faults: fleets.flatMap((fleet) =>
      fleet.instances
        .filter(() => random() < ILL)
        .map(({ id }) => {
          const policy = policyFor(fleet, oneOf(random, Object.keys(fleet.policies)));
          return {
            policy: policy.name,
            target: { kind: 'instance' as const, id },
            at: Math.round(between(random, 0, 120 * MINUTE)),
            curedBy: [oneOf(random, remediesOf(policy))],
            cureTakes: Math.round(between(random, MINUTE, 3 * MINUTE)),
            deliveries: Array.from({ length: TIMES }, () => Math.round(between(random, 0, random() < 0.8 ? 10_000 : 14 * MINUTE))),
          };
        }),
    ),
  }),
};
