import { type Attempt, attemptToken } from '../../../lambdas/core/incident.ts';
import { targetKey } from '../../../lambdas/core/target.ts';
import { alarmNameOf } from '../symptoms.ts';
import { type Ill, type Scene, type Situation, takes } from './situation.ts';

const HOUR = 3_600_000;

const memory: Ill = { policy: 'Fleet-memory', member: 0, at: 0, ladder: ['restart-service'] };
const unhealthy: Ill = { policy: 'Group-unhealthy-targets', member: 0, at: 0, ladder: ['restart-service', 'replace-instance'] };

function first({ members: [id = ''] }: Scene): string {
  return id;
}

/** A volume that was grown here, and a file system after it, which helped. */
function grownBefore(scene: Scene): void {
  const target = { kind: 'instance', id: first(scene) } as const;
  const policy = scene.policies[0]?.name ?? '';
  const volume = { id: 'vol-00000001', gibibytes: 20, state: 'in-use', attachedTo: [target.id], tags: { SelfHeal: 'enabled' } };
  scene.account.volumes.set(volume.id, volume);
  const before = ['grow-volume', 'grow-file-system'].map((remedy, rung): Attempt => {
    const incident = 'f'.repeat(64);
    const enabling =
      remedy === 'grow-volume' ? { enabling: true as const, result: 'not-recovered' as const } : { result: 'recovered' as const };
    const at = scene.now - 48 * HOUR + rung;
    return {
      token: attemptToken(incident, rung),
      incident,
      policy,
      target,
      rung,
      remedy,
      at,
      acts: true,
      plan: {},
      summary: remedy,
      ...enabling,
    };
  });
  for (const attempt of before) scene.items.attempts.set(attempt.token, attempt);
  scene.items.histories.set(
    targetKey(target),
    before.map(({ token }) => token),
  );
}

/** One for each promise that needs no particular order of calls to be broken, only a particular world. */
export const promiseSituations: readonly Situation[] = [
  {
    name: 'neighbour-ill',
    title: 'A target of a load balancer is well again while its neighbour is not.',
    ills: [
      { ...unhealthy, curedBy: 'restart-service' },
      { ...unhealthy, member: 1, at: 5 },
    ],
    takes,
  },
  {
    name: 'dead-machine',
    title: 'A machine dies after the act, so that its series falls silent and leaves the alarm.',
    ills: [memory],
    takes: { 'restart-service': 20 },
    furnish: (scene) =>
      scene.later(25, () => {
        scene.account.lastReports.set(first(scene), scene.now + 25_000);
        for (const { name } of scene.policies) scene.account.contributors.set(alarmNameOf(name), []);
      }),
  },
  {
    name: 'lead-stuck',
    title: 'Three of five machines show the symptom at once, and the incident that speaks for all finds no room to run.',
    ills: [0, 1, 2].map((member) => ({ ...memory, member, at: member })),
    takes,
    stuck: 3,
    stormToldWithin: 25,
  },
  {
    name: 'not-taken',
    title: 'Systems Manager takes no command.',
    ills: [memory],
    takes,
    takesNoCommand: true,
    failuresCounted: 0,
  },
  {
    name: 'old-faults',
    machines: 7,
    title: 'The sweep tells of three faults that began hours apart.',
    ills: [3, 2, 1].map((hours, member) => ({ ...memory, member, at: member, stoodFor: hours * 3_600 + 10 })),
    takes,
    guardrails: { waitAtMost: { hours: 2 } },
    leastActs: 3,
  },
  {
    name: 'volume-grown-before',
    title: 'A disk is full again on which a volume and then its file system were grown.',
    ills: [{ policy: 'Fleet-disk', member: 0, at: 0, ladder: ['grow-volume', 'grow-file-system'] }],
    takes: { 'grow-volume': 20, 'grow-file-system': 20 },
    furnish: grownBefore,
    firstRemedy: 'grow-volume',
  },
  {
    name: 'done-in-part',
    title: 'A command ends as failed, and the symptom is gone soon after.',
    ills: [{ ...memory, ladder: ['clear-caches', 'restart-service'], lasts: 290 }],
    takes: { 'clear-caches': 200, 'restart-service': 200 },
    commandsEnd: 'failed',
    // A look must come between the end of the command and that of the symptom.
    guardrails: { lookEvery: { minutes: 4 } },
    mostActs: 1,
  },
  {
    name: 'end-not-read',
    title: 'A repair was in vain, and its attempts cannot be read as it ends.',
    ills: [memory],
    takes,
    furnish: (scene) => {
      let fails = 1;
      scene.failing('store.written', () => fails-- > 0);
    },
    failuresCounted: 1,
  },
];
