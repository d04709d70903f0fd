import fc from 'fast-check';
import { type Alongside, groupKey, type Policy, type Rung } from '../../lambdas/core/policy.ts';
import { GROUP_TAG } from '../../lambdas/core/selection.ts';
import type { Target, TargetKind } from '../../lambdas/core/target.ts';
import { remediatorNamed } from '../../lambdas/remediators/registry.ts';
import { aCluster, aDatabase, aGroup, aMember, anInstance, aVolume } from './accounts.ts';
import { MINUTE, NOW, SECOND } from './builders.ts';
import { toldWithin } from './invariants/healed-or-told.ts';
import { type Fault, type Forgery, NO_HAZARDS, type Story } from './story.ts';
import { synthesizedStack } from './synthesized-stack.ts';

/** Six tagged instances in two zones, of which four are in an Auto Scaling group and three have a further tag. */
export const FLEET = ['i-00000001', 'i-00000002', 'i-00000003', 'i-00000004', 'i-00000005', 'i-00000006'];
const MEMBERS = FLEET.slice(0, 4);
const VALUE = 'fleet';
const ZONES = ['eu-west-1a', 'eu-west-1b'];
const TARGET_GROUPS = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup';

function zoneOf(id: string): string {
  return ZONES[FLEET.indexOf(id) % ZONES.length] as string;
}

const account = {
  instances: FLEET.map((id, index) =>
    anInstance({
      id,
      zone: zoneOf(id),
      tags: { SelfHeal: VALUE, ...(index % 2 === 1 && { Tier: 'front' }), ...(MEMBERS.includes(id) && { [GROUP_TAG]: 'web' }) },
    }),
  ),
  groups: [aGroup({ name: 'web', desired: 4, max: 8, members: MEMBERS.map((id) => aMember(id, { zone: zoneOf(id) })) })],
  databases: [aDatabase({ id: 'orders' }), aDatabase({ id: 'stock-1' })],
  clusters: [
    aCluster({
      id: 'stock',
      members: [
        { id: 'stock-1', writer: true, status: 'available' },
        { id: 'stock-2', writer: false, status: 'available' },
      ],
    }),
  ],
  volumes: FLEET.map((id, index) => aVolume({ id: `vol-0000000${index}`, attachedTo: [id] })),
};

/** The targets of each kind. */
const targets = {
  instance: FLEET.map((id) => ({ kind: 'instance' as const, id })),
  'auto-scaling-group': [{ kind: 'auto-scaling-group' as const, name: 'web' }],
  database: [
    { kind: 'database' as const, id: 'orders' },
    { kind: 'database' as const, id: 'stock-1' },
  ],
  'database-cluster': [{ kind: 'database-cluster' as const, id: 'stock' }],
};

const minutes = (min: number, max: number) => fc.integer({ min, max }).map((amount) => ({ minutes: amount }));

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
    fc
      .tuple(...kinds.map((kind, index) => somePolicy(kind).map((policy) => ({ ...policy, name: `P${index}-${kind}` }))))
      .map(withOneBudget),
  );
}

/** The budget is the pipeline's: every policy carries the same. */
function withOneBudget(policies: readonly Policy[]): readonly Policy[] {
  const [first] = policies;
  return policies.map((policy) => ({ ...policy, guardrails: { ...policy.guardrails, ...(first && { budget: first.guardrails.budget }) } }));
}

type Scene = Pick<Policy, 'group' | 'targets' | 'evidence'>;

/** Over which machines a policy watches, and by what it knows that one is ill. */
const scenes: readonly Scene[] = [
  { group: { kind: 'tagged', name: 'Web', key: 'SelfHeal', value: VALUE }, targets: { kind: 'contributor', attribute: 'InstanceId' } },
  { group: { kind: 'tagged', name: 'Front', key: 'Tier', value: 'front' }, targets: { kind: 'contributor', attribute: 'InstanceId' } },
  {
    group: { kind: 'instances', name: 'Given', ids: FLEET.filter((_, index) => index !== 2) },
    targets: { kind: 'contributor', attribute: 'InstanceId' },
    evidence: { kind: 'status-check', check: 'instance' },
  },
  {
    group: { kind: 'auto-scaling-group', name: 'web' },
    targets: { kind: 'unhealthy-targets', targetGroupArn: TARGET_GROUPS },
  },
  {
    group: { kind: 'instances', name: 'Pair', ids: FLEET.slice(0, 2) },
    targets: { kind: 'fixed', target: { kind: 'instance', id: 'i-00000001' } },
  },
];

/** A moment of the story's day as a protected window has it. */
function timeOfDay(minutes: number): string {
  return new Date(NOW + minutes * MINUTE).toISOString().slice(11, 16);
}

/** Further settings than the limits of every policy, each in the ranges that people choose. */
const furtherGuardrails = fc.record({
  blastRadius: fc.record({
    percent: fc.integer({ min: 10, max: 100 }),
    members: fc.integer({ min: 1, max: 4 }),
    zonePercent: fc.constantFrom(10, 34, 67, 100),
  }),
  healthyFloor: fc.record({ percent: fc.constantFrom(0, 34, 50, 80) }),
  flapping: fc.record({ most: fc.integer({ min: 1, max: 4 }), per: minutes(20, 60) }),
  breaker: fc.record({ failures: fc.integer({ min: 1, max: 3 }), openFor: minutes(20, 60) }),
  waitAtMost: minutes(2, 10),
  tryAgainAfter: minutes(10, 30),
});

/** One story in so many has it. */
function oneIn<T>(many: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: many - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

const someWindow = fc
  .record({ from: fc.nat(40), lasts: fc.integer({ min: 2, max: 60 }) })
  .map(({ from, lasts }) => [{ from: timeOfDay(from), to: timeOfDay(from + lasts), timeZone: 'UTC' }]);

/** A policy over overlapping groups, with any evidence, mode and settings. */
function wide(policy: Policy, index: number, kind: TargetKind): fc.Arbitrary<Policy> {
  return fc
    .record({
      scene: kind === 'instance' ? fc.constantFrom(...scenes) : fc.constantFrom<Target>(...targets[kind]).map(alone),
      further: furtherGuardrails,
      isFrozen: oneIn(4, fc.constant(true)),
      protectedWindows: oneIn(4, someWindow),
      probation: minutes(1, 4),
      asks: oneIn(6, fc.integer({ min: 1, max: 2 })),
      byStatus: fc.boolean(),
    })
    .map(({ scene, further, isFrozen, protectedWindows, probation, asks, byStatus }) => {
      const { proof, ...rest } = policy;
      const isSeries = scene.targets.kind === 'contributor' && scene.evidence === undefined;
      return {
        ...rest,
        ...(isSeries && proof && { proof }),
        ...proofOfMachine(scene),
        ...(kind !== 'instance' && scene.evidence === undefined && proof && { proof }),
        ...(kind === 'database' && byStatus && { evidence: { kind: 'database-status' as const } }),
        ...scene,
        ...(scene.targets.kind === 'unhealthy-targets' && {
          targets: { ...scene.targets, targetGroupArn: `${TARGET_GROUPS}/P${index}/0123456789abcdef` },
        }),
        name: `P${index}-${kind}`,
        symptom: `symptom-${index}`,
        ladder: policy.ladder.slice(0, 2),
        probation,
        ...(asks !== undefined && { mode: 'approval' as const, approval: { within: { minutes: 10 }, approvers: asks } }),
        guardrails: {
          ...policy.guardrails,
          ...further,
          ...(isFrozen && { calendars: ['freeze'] }),
          ...(protectedWindows && { protectedWindows }),
        },
      };
    });
}

/** A machine that is named beforehand reports under its own name. */
function proofOfMachine({ targets: selector }: Scene): Pick<Policy, 'proof'> {
  if (selector.kind !== 'fixed' || selector.target.kind !== 'instance') return {};
  const dimensions = { InstanceId: selector.target.id };
  return { proof: { namespace: 'AWS/EC2', metric: 'CPUUtilization', dimensions, within: { minutes: 15 } } };
}

/** A target that is its own group. */
function alone(target: Target): Scene {
  return { group: { kind: 'single', target }, targets: { kind: 'fixed', target } };
}

function widePolicies(someKinds: fc.Arbitrary<readonly TargetKind[]>): fc.Arbitrary<readonly Policy[]> {
  return someKinds.chain((kinds) =>
    fc
      .tuple(...kinds.map((kind, index) => somePolicy(kind).chain((policy) => wide(policy, index, kind))))
      .map(withOneBudget)
      .map(sideBySide),
  );
}

/** Tells each policy of the other groups that its machines may be in, as the synthesis does. */
function sideBySide(policies: readonly Policy[]): readonly Policy[] {
  const groups = Map.groupBy(
    policies.filter(({ group }) => group.kind !== 'single'),
    ({ group }) => groupKey(group),
  );
  return policies.map((policy) => {
    if (policy.group.kind === 'single') return policy;
    const others = [...groups].filter(([key]) => key !== groupKey(policy.group)).map(([, own]) => strictest(own));
    return others.length > 0 ? { ...policy, alongside: others } : policy;
  });
}

/** A group with the strictest limits of its policies. */
function strictest(policies: readonly Policy[]): Alongside {
  const [{ group }] = policies as readonly [Policy];
  const least = (name: 'percent' | 'members' | 'zonePercent') =>
    Math.min(...policies.map(({ guardrails }) => guardrails.blastRadius[name]));
  return {
    group,
    blastRadius: { percent: least('percent'), members: least('members'), zonePercent: least('zonePercent') },
    healthyFloor: { percent: Math.max(...policies.map(({ guardrails }) => guardrails.healthyFloor.percent)) },
  };
}

const someDelay = fc.oneof({ weight: 4, arbitrary: fc.nat(5 * SECOND) }, { weight: 1, arbitrary: fc.nat(20 * MINUTE) });

/** Whom a policy's alarm can be about. */
function targetsOf({ targets: selector, group }: Policy, members: number): readonly Target[] {
  if (selector.kind === 'fixed') return [selector.target];
  const own = targets.instance.filter(({ id }) => {
    const tags = account.instances.find((instance) => instance.id === id)?.tags ?? {};
    if (group.kind === 'tagged') return tags[group.key] === group.value;
    if (group.kind === 'auto-scaling-group') return tags[GROUP_TAG] === group.name;
    return group.kind !== 'instances' || group.ids.includes(id);
  });
  return own.slice(0, members);
}

function someFault(policies: readonly Policy[], { members, minutes }: Pick<Extent, 'members' | 'minutes'>): fc.Arbitrary<Fault> {
  return fc.constantFrom(...policies).chain((policy) =>
    fc.record(
      {
        policy: fc.constant(policy.name),
        target: fc.constantFrom(...targetsOf(policy, members)),
        at: fc.nat(2 * minutes).map((halves) => halves * 30 * SECOND),
        lasts: fc.nat(30).map((minutes) => minutes * MINUTE),
        curedBy: fc.subarray(policy.ladder.map(({ remedy }) => remedy)),
        cureTakes: fc.nat(4 * MINUTE),
        returns: fc.record(
          {
            times: fc.integer({ min: 1, max: 5 }),
            after: fc.nat(6 * MINUTE).map((span) => span + SECOND),
            stays: fc.constant(true as const),
          },
          { requiredKeys: ['times', 'after'] },
        ),
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

const someDeaths = fc.array(
  fc.record({
    at: fc.nat(40 * MINUTE),
    instance: fc.constantFrom(...FLEET),
    revivedBy: fc.subarray(['restart-instance', 'replace-instance', 'move-instance']),
  }),
  { maxLength: 1 },
);

const someVoters = fc.array(
  fc.record({
    name: fc.constantFrom('anna', 'ben', 'carla'),
    answer: fc.constantFrom('approve' as const, 'approve' as const, 'deny' as const),
    after: fc.nat(15 * MINUTE),
  }),
  { maxLength: 3 },
);

/** Calls that a role may lack the right to; without the right to tell people nobody could be told. */
const someDenied = fc.constantFrom(
  ...['commands.send', 'groups.describe', 'instances.describe', 'alarms.contributorsInAlarm', 'store.history', 'modes.read'],
  ...['storms.arrive', 'claims.changeBreaker', 'pauseSwitch.read', 'claims.claim', 'commands.result', 'providerEvents.kept'],
);

/** A pause, and in most stories its end. */
const somePause = fc
  .record({ at: fc.nat(30 * MINUTE), lasts: fc.integer({ min: SECOND, max: 30 * MINUTE }), ends: fc.integer({ min: 0, max: 4 }) })
  .map(({ at, lasts, ends }) => [{ at, pause: 'stop' }, ...(ends > 0 ? [{ at: at + lasts, pause: 'running' }] : [])]);

/** A story of the whole world around the pipeline: overlapping groups, dead machines, sweeps, people, and a deployment. */
export const wideStory: fc.Arbitrary<Story> = someStory.chain((story) =>
  widePolicies(fc.constant(story.policies.map(kindOf))).chain((policies) =>
    fc
      .record({
        faults: fc.array(someFault(policies, { members: FLEET.length, minutes: 15 }), { minLength: 1, maxLength: 8 }),
        operators: oneIn(4, somePause),
        deaths: oneIn(4, someDeaths),
        voters: someVoters,
        freezes: fc.array(
          fc
            .record({ from: fc.nat(40 * MINUTE), lasts: fc.nat(60 * MINUTE) })
            .map(({ from, lasts }) => ({ calendar: 'freeze', from, to: from + lasts })),
          { maxLength: 2 },
        ),
        aborts: oneIn(6, fc.array(fc.record({ at: fc.nat(40 * MINUTE) }), { minLength: 1, maxLength: 3 })),
        forgeries: oneIn(6, fc.array(someForgery(policies), { minLength: 1, maxLength: 3 })),
        slow: fc.constantFrom(0, 0, 0.5, 1),
        redeployedAt: oneIn(12, fc.nat(30 * MINUTE)),
        denied: oneIn(12, someDenied),
      })
      .map(({ slow, operators = [], deaths = [], aborts = [], forgeries = [], redeployedAt, denied, ...given }) =>
        sweptLongEnough({
          ...{ ...story, policies, ...given, operators, deaths, aborts, forgeries },
          hazards: { ...story.hazards, slow },
          ...(redeployedAt !== undefined && { redeployedAt }),
          ...(denied !== undefined && { denied }),
        }),
      ),
  ),
);

function kindOf({ targets: selector }: Policy): TargetKind {
  return selector.kind === 'fixed' ? selector.target.kind : 'instance';
}

function someForgery(policies: readonly Policy[]): fc.Arbitrary<Forgery> {
  return fc.constantFrom(...policies).chain((policy) =>
    fc.record({
      at: fc.nat(30 * MINUTE),
      policy: fc.constant(policy.name),
      target: fc.constantFrom(...targetsOf(policy, FLEET.length)),
      source: fc.constantFrom('aws.cloudwatch', 'self-healing.healing'),
      age: fc.integer({ min: -15 * MINUTE, max: 60 * MINUTE }),
    }),
  );
}

/** With sweeps for as long as the last of its faults may last before people must have been told. */
function sweptLongEnough(story: Story): Story {
  const begins = story.faults.map(({ at, lasts = 0, returns }) => at + (returns?.times ?? 0) * (lasts + (returns?.after ?? 0)));
  const told = story.policies.map(toldWithin);
  return { ...story, sweeps: { every: 5 * MINUTE, until: Math.max(...begins) + Math.max(...told) + 10 * MINUTE } };
}

/** Stories in which a few incidents meet on a few instances, so that a broken guardrail is seen soon. */
export const stormStory: fc.Arbitrary<Story> = storiesOf({
  kinds: fc.constant(['instance', 'instance']),
  faults: 8,
  members: 2,
  minutes: 6,
});

/** The same with remedies that all act, so that a ladder that is climbed without end meets the limits of acts. */
export const actingStory: fc.Arbitrary<Story> = stormStory.map((story) => ({
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

/** The same with other settings in every policy. */
function withGuardrails(given: (policy: Policy, index: number) => Partial<Policy['guardrails']>): fc.Arbitrary<Story> {
  return actingStory.map((story) => ({
    ...story,
    policies: story.policies.map((policy, index) => ({ ...policy, guardrails: { ...policy.guardrails, ...given(policy, index) } })),
  }));
}

const noStorm = { percent: 100, targets: 40, within: { minutes: 1 }, exitAfter: { minutes: 1 } };

const spread = { blastRadius: { percent: 100, members: 6, zonePercent: 10 }, healthyFloor: { percent: 80 } };

/** Two policies over the same four machines in two zones, of which most must stay healthy in every group. */
export const spreadStory: fc.Arbitrary<Story> = withGuardrails(() => ({ ...spread, storm: noStorm })).map((story) => ({
  ...story,
  policies: story.policies.map((policy) => ({
    ...policy,
    ...(policy.alongside && { alongside: policy.alongside.map((group) => ({ ...group, ...spread })) }),
  })),
  faults: story.faults.map((fault, index) => ({ ...fault, target: targets.instance[index % 4] as Target })),
  hazards: { ...story.hazards, slow: 1 },
}));

/** What is done takes longer than the cooldown. */
export const slowStory: fc.Arbitrary<Story> = withGuardrails(() => ({ cooldown: { seconds: 30 } })).map((story) => ({
  ...story,
  hazards: { ...story.hazards, slow: 1 },
}));

/** A change calendar is closed all the time. */
export const frozenStory: fc.Arbitrary<Story> = withGuardrails(() => ({ calendars: ['freeze'] })).map((story) => ({
  ...story,
  freezes: [{ calendar: 'freeze', from: 0, to: 600 * MINUTE }],
}));

/** What comes back once is flapping. */
export const togglingStory: fc.Arbitrary<Story> = withGuardrails(() => ({ flapping: { most: 1, per: { minutes: 60 } } }));

/** Nobody answers the questions of policies that ask. */
export const askingStory: fc.Arbitrary<Story> = actingStory.map((story) => ({
  ...story,
  policies: story.policies.map((policy) => ({ ...policy, mode: 'approval' as const })),
}));

/** What lasts is found by the sweep, if by nobody else. */
export const sweptStory: fc.Arbitrary<Story> = actingStory.map((story) =>
  sweptLongEnough({ ...story, faults: story.faults.map(({ lasts: _, returns: __, ...fault }) => fault) }),
);

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
