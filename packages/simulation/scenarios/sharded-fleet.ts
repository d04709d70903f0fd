import type { Policy } from '../../../lambdas/core/policy.ts';
import type { Instance } from '../../../lambdas/core/ports.ts';
import { shardsFor } from '../../../lib/fleet-shards.ts';
import { shardOf } from '../../../lib/own-series.ts';
import { between, type Random } from '../random.ts';
import type { Fault } from '../story.ts';
import type { SimulationScenario } from './scenario.ts';
import { policyFor, remediesOf, type Stage } from './stage.ts';

const MINUTE = 60_000;

/** Members of a fleet; with more targets there are several such fleets. */
const FLEET_SIZE = 10_000;

/** Members that fall ill each by itself, of each thousand; at least three. */
const SINGLE = 1;

/** Shards of which a member falls ill at the same time: more than the blast radius of the fleet allows, and no storm. */
const AT_ONCE = 6;

/** When each part begins: what came before is over by then. */
const BEGINS = { single: 0, atOnce: 75 * MINUTE, storm: 150 * MINUTE } as const;

/** Share of the members that the storm reaches. */
const STORM = 0.5;

export const shardedFleet: SimulationScenario = {
  name: 'sharded-fleet',
  title: 'fleets of ten thousand in shards of 400: single faults for an hour, then six shards at once, then a storm on half of all',
  befall: (stage) => {
    const fleets = shardedFleets(stage);
    return {
      policies: fleets.flatMap(({ policies }) => policies),
      instances: fleets.flatMap(({ instances }) => instances),
      faults: fleets.flatMap((fleet) => faultsOf(fleet, stage.random)),
    };
  },
};

interface ShardedFleet {
  readonly instances: readonly Instance[];
  /** One for each shard, in order. */
  readonly policies: readonly Policy[];
  /** The policy of the shard that an instance is in. */
  policyOf(instanceId: string): Policy;
}

/** The instances of the stage under one tag for each fleet, and for each of its shards a policy as `protectFleet` makes it. */
export function shardedFleets({ fleets }: Pick<Stage, 'fleets'>): readonly ShardedFleet[] {
  const [any] = fleets;
  if (!any) return [];
  const policy = policyFor(any, 'service-down');
  const all = fleets.flatMap(({ instances }) => instances);
  return Array.from({ length: Math.ceil(all.length / FLEET_SIZE) }, (_, index) => {
    const name = `Sharded${index + 1}`;
    const members = all.slice(index * FLEET_SIZE, (index + 1) * FLEET_SIZE);
    const shards = Math.max(2, shardsFor(name, members.length, undefined) ?? 1);
    const policies = Array.from({ length: shards }, (__, shard) => ({
      ...policy,
      name: `${name}-service-down-${shard + 1}`,
      group: { kind: 'tagged' as const, name, key: 'SelfHeal', value: name },
      targets: { kind: 'contributor' as const, attribute: 'InstanceId', shards },
      guardrails: { ...policy.guardrails, largestFleet: FLEET_SIZE },
    }));
    return {
      policies,
      policyOf: (instanceId) => policies[shardOf(instanceId, shards) - 1] as Policy,
      instances: members.map((instance) => ({ ...instance, tags: { SelfHeal: name } })),
    };
  });
}

function faultsOf({ instances, policyOf }: ShardedFleet, random: Random): readonly Fault[] {
  const ill = (id: string, at: number): Fault => {
    const policy = policyOf(id);
    return {
      policy: policy.name,
      target: { kind: 'instance', id },
      at: Math.round(at),
      curedBy: remediesOf(policy),
      cureTakes: Math.round(between(random, MINUTE, 3 * MINUTE)),
      deliveries: random() < 0.1 ? [500, 2_000] : [500],
    };
  };
  const drawn = instances.map(({ id }) => ({ id, draw: random() })).toSorted((left, right) => left.draw - right.draw);
  const single = drawn.splice(0, Math.max(3, Math.round((instances.length * SINGLE) / 1_000)));
  const ofShards = [...Map.groupBy(drawn, ({ id }) => policyOf(id)).values()];
  const together = Array.from({ length: AT_ONCE }, (_, turn) => ofShards[turn % ofShards.length]?.[Math.floor(turn / ofShards.length)]);
  const reached = instances.filter(() => random() < STORM);
  return [
    ...single.map(({ id }, turn) => ill(id, BEGINS.single + (60 * MINUTE * turn) / single.length)),
    ...together.flatMap((member) => (member ? [ill(member.id, BEGINS.atOnce + between(random, 0, 10_000))] : [])),
    ...reached.map(({ id }) => ill(id, BEGINS.storm + between(random, 0, MINUTE))),
  ];
}
