import { closedBreaker } from '../../../lambdas/core/circuit-breaker.ts';
import type { Lease } from '../../../lambdas/core/claim.ts';
import { type Attempt, attemptToken } from '../../../lambdas/core/incident.ts';
import { groupKey } from '../../../lambdas/core/policy.ts';
import { targetKey } from '../../../lambdas/core/target.ts';
import { alarmNameOf } from '../symptoms.ts';
import { type Ill, type Scene, type Situation, takes } from './situation.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Longer than any incident waits, and than it may take until people are told. */
const WAITS_AT_MOST = 45;

/** Some other incident. */
const OTHER = 'f'.repeat(64);

const ill: Ill = { policy: 'Fleet-memory', member: 0, at: 0, ladder: ['restart-service'] };

const ofGroup: Ill = { ...ill, policy: 'Group-unhealthy-targets' };

/** A situation in which nothing may be done, and in which people are told before long. */
function leftAlone(guardrail: string, title: string, how: Partial<Situation>): Situation {
  return { name: `guardrail-${guardrail}`, title, ills: [ill], takes, mostActs: 0, endsWithin: WAITS_AT_MOST, ...how };
}

const first = ({ members: [id = ''] }: Scene) => id;
const targetOf = (scene: Scene) => ({ kind: 'instance', id: first(scene) }) as const;
const policyName = ({ policies: [policy] }: Scene) => policy?.name ?? '';

/** Changes how the ill machine is described. */
function describe(scene: Scene, change: object): void {
  const { instances } = scene.account;
  const known = instances.get(first(scene));
  if (known) instances.set(known.id, { ...known, ...change, tags: { ...known.tags, ...(change as { tags?: object }).tags } });
}

function leaseUntil(scene: Scene): Lease {
  return { incident: OTHER, policy: 'Another-policy', expiresAt: scene.now + 5 * HOUR, changes: true } as Lease;
}

/** Attempts of other incidents on the ill machine, so many milliseconds ago. */
function attempted(scene: Scene, ago: readonly number[], how: Partial<Attempt> = { result: 'recovered' }): void {
  const target = targetOf(scene);
  const { attempts, histories } = scene.items;
  for (const [number, past] of ago.entries()) {
    const incident = String(number).repeat(64);
    const attempt: Attempt = {
      ...{ token: attemptToken(incident, 0), incident, policy: 'Another-policy', target, rung: 0, remedy: 'restart-service' },
      ...{ at: scene.now - past, acts: true, plan: {}, summary: 'restart service nginx', receipt: {} },
      ...how,
    };
    attempts.set(attempt.token, attempt);
    histories.set(targetKey(target), [...(histories.get(targetKey(target)) ?? []), attempt.token]);
  }
}

/** One for each guardrail: what it keeps the pipeline from, as the world shows it. */
export const guardrailSituations: readonly Situation[] = [
  leftAlone('storm', 'Three of five machines show the symptom at once.', {
    ills: [0, 1, 2].map((member) => ({ ...ill, member, at: member })),
    // The first may act before there is a storm.
    mostActs: 1,
  }),
  leftAlone('pause-switch', 'An operator has paused the pipeline.', {
    furnish: ({ pause }) => {
      pause.text = 'an operator works on it';
    },
  }),
  leftAlone('membership', 'The machine is being stopped.', { furnish: (scene) => describe(scene, { state: 'stopping' }) }),
  leftAlone('exclusion', 'The machine has the tag that excludes it.', {
    furnish: (scene) => describe(scene, { tags: { SelfHealExclude: 'true' } }),
  }),
  leftAlone('put-aside', 'Somebody has put the machine in Standby.', {
    furnish: (scene) => {
      for (const group of scene.account.groups.values()) {
        const members = group.members.map((member) => (member.id === first(scene) ? { ...member, lifecycle: 'Standby' } : member));
        scene.account.groups.set(group.name, { ...group, members });
      }
    },
    ills: [ofGroup],
  }),
  leftAlone('muting', 'The actions of the alarm are disabled.', {
    furnish: (scene) => {
      const alarm = alarmNameOf(policyName(scene));
      const known = scene.account.alarms.get(alarm);
      if (known) scene.account.alarms.set(alarm, { ...known, disabled: true } as typeof known);
    },
  }),
  leftAlone('recovery', 'The symptom is gone when its event comes.', { ills: [{ ...ill, lasts: 0 }] }),
  leftAlone('visibility', 'The machine reports nothing any more.', {
    furnish: (scene) => {
      scene.account.silentSeries.add(first(scene));
      scene.account.contributors.set(alarmNameOf(policyName(scene)), []);
    },
  }),
  leftAlone('one-incident', 'The alarm toggles while its incident is open.', { ills: [{ ...ill, again: 20 }], mostActs: 1 }),
  leftAlone('target-lease', 'Another policy works on the machine for hours.', {
    furnish: (scene) => void scene.claims.leases.set(targetKey(targetOf(scene)), leaseUntil(scene)),
  }),
  leftAlone('other-pipeline', 'A pipeline whose name comes first protects the machine, too.', {
    furnish: ({ pipelines, policies }) => {
      pipelines.push({ pipeline: 'another', selections: policies.map(({ group }) => group) });
    },
  }),
  leftAlone('containment', 'The Auto Scaling group of the machine is being changed for hours.', {
    furnish: (scene) => {
      for (const name of scene.account.groups.keys()) scene.claims.leases.set(`auto-scaling-group#${name}`, leaseUntil(scene));
    },
    ills: [ofGroup],
  }),
  leftAlone('fleet-size', 'The fleet has more members than anybody expects.', { guardrails: { largestFleet: 3 } }),
  leftAlone('at-least-ill', 'One machine has the symptom, which is normal for this fleet.', { guardrails: { atLeastIll: 2 } }),
  leftAlone('second-opinion', 'The machine would be rebooted, and EC2 finds it well.', {
    guardrails: { secondOpinion: { kind: 'status' } },
    ills: [{ ...ill, ladder: ['restart-instance'] }],
  }),
  leftAlone('protected-window', 'It is a time in which nothing may be changed.', {
    guardrails: { protectedWindows: [{ from: '09:00', to: '23:00', timeZone: 'UTC', why: 'trading hours' }] },
  }),
  leftAlone('change-calendar', 'A change calendar is closed.', {
    guardrails: { calendars: ['Freeze'] },
    furnish: ({ surroundings }) => void surroundings.calendars.set('Freeze', { kind: 'closed' }),
  }),
  leftAlone('provider-event', 'AWS Health reports a problem of EC2.', {
    furnish: ({ surroundings, now }) => {
      const event = { arn: 'arn:aws:health:eu-west-1::event/EC2/1', service: 'EC2', code: 'AWS_EC2_OPERATIONAL_ISSUE', text: 'errors' };
      surroundings.providerEvents.set('EC2', { ...event, page: '1', open: true, updatedAt: now, heardAt: now });
    },
  }),
  leftAlone('deployment-in-progress', 'An instance refresh of the group is under way.', {
    furnish: ({ account }) => {
      for (const name of account.groups.keys()) account.refreshing.add(name);
    },
    ills: [ofGroup],
  }),
  leftAlone('flapping', 'The alarm has come and gone all hour.', {
    ills: [{ ...ill, lasts: 600 }],
    furnish: (scene) => {
      const openings = [50, 43, 36, 29, 22, 15, 8].map((minutes, number) => ({
        ...{ incident: String(number).repeat(64), policy: policyName(scene), at: scene.now - minutes * MINUTE },
      }));
      scene.items.openings.set(targetKey(targetOf(scene)), openings);
    },
  }),
  leftAlone('act-in-flight', 'A command of another incident may run on the machine for hours.', {
    furnish: (scene) => attempted(scene, [10 * MINUTE], { longest: { hours: 5 } }),
  }),
  leftAlone('attempt-cap', 'The machine had all the attempts that it may have.', {
    furnish: (scene) =>
      attempted(
        scene,
        [20, 16, 12, 8, 4].map((hours) => hours * HOUR),
      ),
  }),
  leftAlone('cooldown', 'The machine was acted on half a minute ago.', {
    furnish: (scene) => attempted(scene, [30 * SECOND]),
    guardrails: { cooldown: { hours: 5 }, cooldownAtMost: { hours: 5 } },
  }),
  leftAlone('breaker', 'The circuit breaker of the policy is open.', {
    furnish: (scene) => {
      const open = { ...closedBreaker, state: 'open', until: scene.now + 5 * HOUR, why: 'three repairs failed' };
      scene.claims.breakers.set(policyName(scene), open as unknown as typeof closedBreaker);
    },
  }),
  leftAlone('blast-radius', 'As many machines as allowed are worked on for hours.', {
    furnish: (scene) => {
      const [policy] = scene.policies;
      const slot = { until: scene.now + 5 * HOUR, target: `instance#${scene.members[3]}` };
      if (policy) scene.claims.slots.set(groupKey(policy.group), { [OTHER]: slot });
    },
  }),
  leftAlone('healthy-floor', 'No other machine is up.', {
    furnish: ({ account, members }) => {
      for (const id of members.slice(1)) {
        const known = account.instances.get(id);
        if (known) account.instances.set(id, { ...known, state: 'pending' });
      }
    },
  }),
  leftAlone('budget', 'The pipeline has used up its budget.', {
    guardrails: { budget: { acts: 30, per: { hours: 5 } } },
    furnish: (scene) => {
      scene.claims.spending = Object.fromEntries(Array.from({ length: 500 }, (_, number) => [`${OTHER}-${number}`, scene.now]));
    },
  }),
];
