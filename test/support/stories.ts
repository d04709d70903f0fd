import fc from 'fast-check';
import type { Policy, Rung } from '../../lambdas/core/policy.ts';
import { GROUP_TAG } from '../../lambdas/core/selection.ts';
import type { TargetKind } from '../../lambdas/core/target.ts';
import { remediatorNamed } from '../../lambdas/remediators/registry.ts';
import { type Fault, NO_HAZARDS, type Story } from '../../rehearsal/simulation/story.ts';
import { synthesizedStack } from '../../rehearsal/simulation/synthesized-stack.ts';
import { aCluster, aDatabase, aGroup, aMember, anInstance, aVolume } from './accounts.ts';
import { MINUTE, NOW, SECOND } from './builders.ts';

/** Six tagged instances, of which four are in an Auto Scaling group. */
const FLEET = ['i-00000001', 'i-00000002', 'i-00000003', 'i-00000004', 'i-00000005', 'i-00000006'];
const MEMBERS = FLEET.slice(0, 4);
const VALUE = 'fleet';

const account = {
  instances: FLEET.map((id) => anInstance({ id, tags: { SelfHeal: VALUE, ...(MEMBERS.includes(id) && { [GROUP_TAG]: 'web' }) } })),
  groups: [aGroup({ name: 'web', desired: 4, max: 8, members: MEMBERS.map((id) => aMember(id)) })],
  databases: [aDatabase({ id: 'orders' })],
  clusters: [aCluster({ id: 'stock' })],
  volumes: FLEET.map((id, index) => aVolume({ id: `vol-0000000${index}`, attachedTo: [id] })),
};

/** The targets of each kind. */
const targets = {
  instance: FLEET.map((id) => ({ kind: 'instance' as const, id })),
  'auto-scaling-group': [{ kind: 'auto-scaling-group' as const, name: 'web' }],
  database: [{ kind: 'database' as const, id: 'orders' }],
  'database-cluster': [{ kind: 'database-cluster' as const, id: 'stock' }],
};

/** The rungs of the synthesized stack for a kind of target: every remedy, with parameters that the infrastructure made. */
function rungsFor(kind: TargetKind): readonly Rung[] {
  const rungs = synthesizedStack().policies.flatMap(({ ladder }) => ladder);
  const byRemedy = new Map(rungs.map((rung) => [rung.remedy, rung]));
  return [...byRemedy.values()].filter(({ remedy }) => remediatorNamed(remedy)?.targets.includes(kind));
}

/** A policy of the stack with other rungs and other guardrails, for the targets of a kind. */
function somePolicy(kind: TargetKind): fc.Arbitrary<Policy> {
  const [base] = synthesizedStack().policies.filter((policy) => policy.targets.kind === (kind === 'instance' ? 'contributor' : 'fixed'));
  if (!base) throw new Error(`the stack has no policy for a ${kind}`);
  const rungs = rungsFor(kind);
  const minutes = (min: number, max: number) => fc.integer({ min, max }).map((amount) => ({ minutes: amount }));
  const [target = targets.instance[0]] = targets[kind];
  if (!target) throw new Error(`no ${kind}`);
  return fc
    .record({
      ladder: fc.shuffledSubarray([...rungs], { minLength: 1, maxLength: 3 }),
      guardrails: fc.record({
        cooldown: minutes(1, 10),
        attempts: fc.record({ most: fc.integer({ min: 1, max: 4 }), per: minutes(30, 120) }),
        blastRadius: fc.record({
          percent: fc.integer({ min: 10, max: 60 }),
          members: fc.integer({ min: 1, max: 3 }),
          zonePercent: fc.constant(100),
        }),
        budget: fc.record({ acts: fc.integer({ min: 2, max: 30 }), per: minutes(15, 60) }),
        waitAtMost: minutes(2, 40),
      }),
      probation: minutes(0, 4),
    })
    .map(({ ladder, guardrails, probation }) => ({
      ...base,
      ladder,
      probation,
      guardrails: { ...base.guardrails, ...guardrails },
      ...(kind === 'instance'
        ? { group: { kind: 'tagged' as const, name: 'Web', key: 'SelfHeal', value: VALUE } }
        : { group: { kind: 'single' as const, target }, targets: { kind: 'fixed' as const, target } }),
    }));
}

const someKinds = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.constant<TargetKind>('instance') },
    { weight: 1, arbitrary: fc.constantFrom<TargetKind>('auto-scaling-group', 'database', 'database-cluster') },
  ),
  { minLength: 1, maxLength: 4 },
);

function policiesFor(someKinds: fc.Arbitrary<readonly TargetKind[]>): fc.Arbitrary<readonly Policy[]> {
  return someKinds.chain((kinds) =>
    fc.tuple(...kinds.map((kind, index) => somePolicy(kind).map((policy) => ({ ...policy, name: `P${index}-${kind}` })))),
  );
}

const someDelay = fc.oneof({ weight: 4, arbitrary: fc.nat(5 * SECOND) }, { weight: 1, arbitrary: fc.nat(20 * MINUTE) });

function someFault(policies: readonly Policy[], { members, minutes }: Extent): fc.Arbitrary<Fault> {
  return fc.constantFrom(...policies).chain((policy) =>
    fc.record(
      {
        policy: fc.constant(policy.name),
        target:
          policy.targets.kind === 'fixed' ? fc.constant(policy.targets.target) : fc.constantFrom(...targets.instance.slice(0, members)),
        at: fc.nat(2 * minutes).map((halves) => halves * 30 * SECOND),
        lasts: fc.nat(30).map((minutes) => minutes * MINUTE),
        curedBy: fc.subarray(policy.ladder.map(({ remedy }) => remedy)),
        cureTakes: fc.nat(4 * MINUTE),
        returns: fc.record({ times: fc.integer({ min: 1, max: 4 }), after: fc.nat(6 * MINUTE).map((span) => span + SECOND) }),
        // Most events arrive once or twice, some never or often, and in any order.
        deliveries: fc.array(someDelay, { maxLength: 5 }),
      },
      { requiredKeys: ['policy', 'target', 'at', 'curedBy', 'cureTakes', 'deliveries'] },
    ),
  );
}

const share = (most: number) => fc.oneof(fc.constant(0), fc.double({ min: 0, max: most, noNaN: true }));

const someHazards = fc.record({
  latency: fc.constantFrom(0, 200, 2_000),
  killed: share(0.2),
  lost: share(0.15),
  throttled: share(0.15),
  refused: share(0.02),
  stuck: share(0.05),
  doubled: share(0.2),
  skew: fc.constantFrom(0, 2_000),
  failedCommands: share(0.5),
});

const someOperators = fc.array(
  fc.record({ at: fc.nat(60).map((halves) => halves * 30 * SECOND), pause: fc.constantFrom('running', 'stop', '') }),
  { maxLength: 4 },
);

const someOutages = fc.array(
  fc
    .record({
      from: fc.nat(30 * MINUTE),
      lasts: fc.nat(3 * MINUTE),
      ports: fc.constantFrom(['store', 'claims'], ['notifier'], ['history'], ['alarms'], ['pauseSwitch'], ['commands']),
    })
    .map(({ from, lasts, ports }) => ({ from, to: from + lasts, ports })),
  { maxLength: 2 },
);

/** How far a story spreads: the closer it is, the more its incidents meet. */
interface Extent {
  readonly kinds: fc.Arbitrary<readonly TargetKind[]>;
  readonly faults: number;
  /** Instances that fall ill. */
  readonly members: number;
  readonly minutes: number;
}

/** Any story of a small fleet: policies, faults, the order, number and loss of events, operators, and machinery that fails. */
export const someStory: fc.Arbitrary<Story> = storiesOf({ kinds: someKinds, faults: 14, members: FLEET.length, minutes: 15 });

/** Stories in which a few incidents meet on a few instances, so that a broken guardrail is seen soon. */
export const crowdedStory: fc.Arbitrary<Story> = storiesOf({
  kinds: fc.constant(['instance', 'instance']),
  faults: 8,
  members: 2,
  minutes: 6,
});

/** The same with remedies that all act, so that a ladder that is climbed without end meets the limits of acts. */
export const actingStory: fc.Arbitrary<Story> = crowdedStory.map((story) => ({
  ...story,
  policies: story.policies.map((policy) => ({ ...policy, ladder: policy.ladder.filter(({ acts }) => acts) })),
  faults: story.faults.filter(({ policy }) =>
    story.policies.some(({ name, ladder }) => name === policy && ladder.some(({ acts }) => acts)),
  ),
}));

/** The same with a budget of two acts in an hour. */
export const thriftyStory: fc.Arbitrary<Story> = actingStory.map((story) => ({
  ...story,
  policies: story.policies.map((policy) => ({
    ...policy,
    guardrails: { ...policy.guardrails, budget: { acts: 2, per: { minutes: 60 } } },
  })),
}));

function storiesOf(extent: Extent): fc.Arbitrary<Story> {
  return policiesFor(extent.kinds).chain((policies) =>
    fc
      .record({
        seed: fc.nat(),
        faults: fc.array(someFault(policies, extent), { minLength: 1, maxLength: extent.faults }),
        silentAgents: fc.subarray(FLEET, { maxLength: 2 }),
        departures: fc.array(fc.record({ at: fc.nat(20 * MINUTE), instance: fc.constantFrom(...FLEET) }), { maxLength: 1 }),
        operators: someOperators,
        outages: someOutages,
        hazards: fc.oneof(fc.constant(NO_HAZARDS), someHazards),
      })
      .map((given) => ({ ...account, ...given, policies, startsAt: NOW })),
  );
}

/** A story in which only some things happen, on the same account. */
export function aStory(given: Partial<Story> & Pick<Story, 'policies' | 'faults'>): Story {
  return {
    ...account,
    seed: 1,
    startsAt: NOW,
    silentAgents: [],
    departures: [],
    operators: [],
    outages: [],
    hazards: NO_HAZARDS,
    ...given,
  };
}
