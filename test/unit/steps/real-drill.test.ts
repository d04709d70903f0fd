import { anInstance } from '@self-healing/simulation/accounts.ts';
import {
  ALARM_NAME,
  anAttempt,
  anIncident,
  aPolicy,
  aRung,
  aState,
  HOUR,
  INSTANCE_ID,
  MINUTE,
  NOW,
} from '@self-healing/simulation/builders.ts';
import { failing, fakePorts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Breach } from '../../../lambdas/core/drill.ts';
import { Defect } from '../../../lambdas/core/failure.ts';
import type { Incident } from '../../../lambdas/core/incident.ts';
import { nextRung } from '../../../lambdas/core/ladder.ts';
import type { Mode } from '../../../lambdas/core/mode.ts';
import { conclude as concludeWith } from '../../../lambdas/core/next.ts';
import { endFor, type Reason } from '../../../lambdas/core/reasons.ts';
import { conclude } from '../../../lambdas/steps/conclude.ts';
import { intake } from '../../../lambdas/steps/intake.ts';
import { withoutRealDrills } from '../../../lambdas/steps/without-real-drills.ts';
import { aDrill, DRILL_ID, delivered, walked } from '../../support/walked-drill.ts';

const OTHER_ID = 'fedcba9876543210';
const fleet = aPolicy({ targets: { kind: 'contributor', attribute: 'InstanceId' } });
const real = (more: object = {}) => aDrill({ target: INSTANCE_ID, minutes: 10, ...more });

let world: World;
beforeEach(() => {
  world = fakePorts();
  for (const id of [INSTANCE_ID, ...Array.from({ length: 19 }, (_, index) => `i-000000${String(index).padStart(2, '0')}`)])
    world.account.instances.set(id, anInstance({ id }));
  world.account.agents.set(INSTANCE_ID, 'online');
  world.account.alarms.set(ALARM_NAME, { state: 'OK', reason: '' });
});

const alarmAt = (now: number, id = 'alarm-1') => ({
  id,
  source: 'aws.cloudwatch',
  'detail-type': 'CloudWatch Alarm Contributor State Change',
  detail: {
    alarmName: ALARM_NAME,
    alarmContributor: { id: 'one', attributes: { InstanceId: INSTANCE_ID } },
    state: { value: 'ALARM', reason: 'above', timestamp: new Date(now).toISOString() },
  },
});
const openedAt = async (now: number, ports = world.ports) => {
  const before = new Set(world.started.keys());
  await intake({ policy: fleet, event: alarmAt(now, `alarm-${now}`), alarm: ALARM_NAME }, ports, now);
  const [id] = [...world.started.keys()].filter((key) => !before.has(key));
  return (world.started.get(String(id)) as { incident: Incident }).incident;
};
const endedWith = async (incident: Incident, reason: Reason, now = NOW) => {
  const result = reason === 'healed' ? 'recovered' : 'not-recovered';
  const attempt = anAttempt({ incident: incident.id, result, ...(incident.realDrill !== undefined && { drill: incident.realDrill }) });
  world.items.attempts.set(attempt.token, attempt);
  await conclude(aState({ incident, policy: passing, next: concludeWith(endFor(reason, 'so it went', 1)) }), world.ports, now);
};
const passing = aPolicy({ demoteAfter: 'failed-repair', guardrails: { passOver: { belowPercent: 20, tries: 10 } } });

describe('a drill for real', () => {
  it('is let go on when its walk in shadow is whole, and says until when what happens belongs to it', async () => {
    await walked(world, fleet, real());
    expect(world.history.at(-1)).toMatchObject({
      kind: 'outcome',
      reason: 'drill',
      brokenUntil: new Date(NOW + 15 * MINUTE).toISOString(),
    });
    expect(await world.ports.store.realDrill({ kind: 'instance', id: INSTANCE_ID })).toMatchObject({ drill: DRILL_ID });
  });

  it('is not let go on where its walk is stopped, and the next one need not wait', async () => {
    world.pause.text = 'noon';
    await walked(world, fleet, real());
    expect(world.history.at(-1)).not.toHaveProperty('brokenUntil');
    expect(world.items.realDrills.size).toBe(0);
    expect(await world.ports.store.beginDrill('Web-memory', { drill: OTHER_ID, isReal: true }, NOW)).toBeUndefined();
  });

  const demoted = (mode: Mode) => world.approvals.overrides.set(fleet.name, { mode, why: 'it harmed us', at: NOW - 1, by: 'ada' });

  it('is refused for a policy that was demoted to shadow, and none for real counts as held', async () => {
    demoted('shadow');
    await delivered(world, fleet, real());
    expect(world.started.size).toBe(0);
    expect(world.history.at(-1)).toMatchObject({
      reason: 'drill-refused',
      text: expect.stringContaining('is in shadow, and would repair nothing'),
    });
    expect(await world.ports.store.beginDrill('Web-memory', { drill: OTHER_ID, isReal: true }, NOW)).toBeUndefined();
  });

  it('begins nothing where it cannot be read whether the policy was demoted; its event comes again', async () => {
    failing(world, 'modes.read', new Defect('AccessDenied', undefined));
    await expect(delivered(world, fleet, real())).rejects.toThrow('AccessDenied');
    expect(world.started.size).toBe(0);
  });

  it('is not let go on where its policy is demoted to shadow before the walk ends', async () => {
    world.disturb.after = (call) => {
      if (call === 'workflow.start') demoted('shadow');
    };
    await walked(world, fleet, real());
    expect(world.history.at(-1)).toMatchObject({ kind: 'outcome', reason: 'drill' });
    expect(world.history.at(-1)).not.toHaveProperty('brokenUntil');
    expect(world.items.realDrills.size).toBe(0);
  });

  it('is let go on for a policy that was demoted to approval, since people may let it repair', async () => {
    demoted('approval');
    await walked(world, fleet, real());
    expect(world.history.at(-1)).toHaveProperty('brokenUntil');
  });

  it('asks for no mode in a drill that breaks nothing', async () => {
    demoted('shadow');
    await walked(world, fleet, aDrill({ target: INSTANCE_ID }));
    expect(world.calls).not.toContain('modes.read');
    expect(world.history.at(-1)).toMatchObject({ kind: 'outcome', reason: 'drill' });
  });

  it('marks the incidents of its target while it lasts, and none before, after or of another target', async () => {
    expect((await openedAt(NOW - 2 * MINUTE)).realDrill).toBeUndefined();
    world.started.clear();
    await walked(world, fleet, real());
    expect((await openedAt(NOW + MINUTE)).realDrill).toBe(DRILL_ID);
    expect((await openedAt(NOW + 15 * MINUTE)).realDrill).toBe(DRILL_ID);
    expect((await openedAt(NOW + 16 * MINUTE)).realDrill).toBeUndefined();
    expect(world.history.filter(({ kind, drill }) => kind === 'signal' && drill === DRILL_ID)).toHaveLength(3);
  });

  it('never keeps an incident from being opened, also where its mark cannot be read', async () => {
    failing(world, 'store.realDrill', new Defect('no table', undefined));
    expect((await openedAt(NOW)).realDrill).toBeUndefined();
  });

  it('is refused where it is not deployed, and marks nothing there', async () => {
    const ports = { ...world.ports, store: withoutRealDrills(world.ports.store) };
    await intake({ policy: fleet, event: real(), alarm: ALARM_NAME }, ports, NOW);
    expect([world.started.size, world.history]).toMatchObject([0, [{ kind: 'rejected', reason: 'drill-refused', drill: DRILL_ID }]]);
    await world.ports.store.beginDrill('Web-memory', { drill: DRILL_ID, isReal: true }, NOW);
    await world.ports.store.endDrill(
      { policy: 'Web-memory', target: { kind: 'instance', id: INSTANCE_ID }, drill: DRILL_ID },
      { drill: DRILL_ID, since: NOW, until: NOW + HOUR },
      NOW,
    );
    expect((await openedAt(NOW, ports)).realDrill).toBeUndefined();
  });

  it.each(['4', 61, 5.5, -5])('for %j minutes begins nothing', async (minutes) => {
    await delivered(world, fleet, { ...real(), detail: { ...real().detail, minutes } });
    expect([world.started.size, world.history]).toMatchObject([0, [{ reason: 'unknown-event' }]]);
  });
});

describe('a drill for real of which it is said when something is broken', () => {
  const announced = real({ minutes: 60, announces: true });
  const says = (breach: Breach, now: number) =>
    intake(
      { policy: fleet, event: { ...real({ minutes: 60, breach }), time: new Date(now).toISOString() }, alarm: ALARM_NAME },
      world.ports,
      now,
    );
  const drillAt = async (now: number) => (await openedAt(now)).realDrill;

  it('leaves no mark after five minutes where nothing was broken, and the next one need not wait', async () => {
    await walked(world, fleet, announced);
    expect(world.history.at(-1)).toMatchObject({ brokenUntil: new Date(NOW + 5 * MINUTE).toISOString() });
    expect(await drillAt(NOW + 5 * MINUTE)).toBe(DRILL_ID);
    expect(await drillAt(NOW + 6 * MINUTE)).toBeUndefined();
    expect(await world.ports.store.beginDrill('Web-memory', { drill: OTHER_ID, isReal: true }, NOW + 6 * MINUTE)).toBeUndefined();
  });

  it('marks what comes while it is broken, and starts no second walk', async () => {
    await walked(world, fleet, announced);
    world.started.clear();
    await says('begins', NOW + MINUTE);
    await says('begins', NOW + MINUTE);
    expect(world.started.size).toBe(0);
    expect(await drillAt(NOW + 66 * MINUTE)).toBe(DRILL_ID);
    expect(await drillAt(NOW + 67 * MINUTE)).toBeUndefined();
    expect(await world.ports.store.beginDrill('Web-memory', { drill: OTHER_ID, isReal: true }, NOW + HOUR)).toContain(
      'had a drill for real',
    );
  });

  it('marks nothing more where the machine refused', async () => {
    await walked(world, fleet, announced);
    await says('begins', NOW + MINUTE);
    await says('cancelled', NOW + 2 * MINUTE);
    expect(await drillAt(NOW + 3 * MINUTE)).toBeUndefined();
    expect(await world.ports.store.beginDrill('Web-memory', { drill: OTHER_ID, isReal: true }, NOW + 3 * MINUTE)).toBeUndefined();
  });

  it('marks nothing from five minutes after it was healed', async () => {
    await walked(world, fleet, announced);
    await says('begins', NOW + MINUTE);
    await says('over', NOW + 2 * MINUTE);
    expect(await drillAt(NOW + 7 * MINUTE)).toBe(DRILL_ID);
    expect(await drillAt(NOW + 8 * MINUTE)).toBeUndefined();
  });

  it('keeps its target, so that a drill of another policy waits', async () => {
    await walked(world, fleet, announced);
    await says('begins', NOW);
    const other = { ...fleet, name: 'Web-disk' };
    const event = real({ drill: OTHER_ID });
    await intake(
      { policy: other, event: { ...event, detail: { ...event.detail, policy: other.name } }, alarm: ALARM_NAME },
      world.ports,
      NOW,
    );
    expect(world.history.at(-1)).toMatchObject({
      reason: 'drill-refused',
      text: expect.stringContaining(`is in drill ${DRILL_ID} for real`),
    });
  });
});

describe('a drill', () => {
  it('is held though an incident was left without an end, as by a pipeline that was removed', async () => {
    await world.ports.store.open(anIncident({ policy: fleet.name, receivedAt: NOW - 97 * HOUR }));
    await delivered(world, fleet, aDrill({ target: INSTANCE_ID }));
    expect(world.started.size).toBe(1);
  });

  const refusal = () => world.history.at(-1);

  it.each([
    ['another one of the policy is under way', () => delivered(world, fleet, aDrill({ target: INSTANCE_ID, drill: OTHER_ID })), {}],
    ['a real incident of the policy is open on the target', () => world.ports.store.open(anIncident()), {}],
    ['the policy had one for real within the hour', () => walked(world, fleet, real({ drill: OTHER_ID })), { minutes: 10 }],
  ])('is refused where %s, tells nobody and counts as nothing else', async (_, arrange, given) => {
    await arrange();
    const before = [world.started.size, world.messages.length];
    await delivered(world, fleet, aDrill({ target: INSTANCE_ID, ...given }));
    expect(refusal()).toMatchObject({ kind: 'rejected', reason: 'drill-refused', drill: DRILL_ID });
    expect([world.started.size, world.messages.length]).toEqual(before);
    expect(world.outcomes).toEqual([]);
  });

  it('of a policy in shadow is not held for real', async () => {
    await delivered(world, { ...fleet, mode: 'shadow' }, real());
    expect(refusal()).toMatchObject({ reason: 'drill-refused', text: expect.stringContaining('is in shadow') });
  });
});

describe('an incident in the time of a drill for real', () => {
  const drilled = anIncident({ realDrill: DRILL_ID });

  it.each(['ladder-exhausted', 'healed', 'unexpected-error'] as const)('that ends as %s teaches nothing', async (reason) => {
    for (const letter of ['a', 'b', 'c', 'd']) await endedWith({ ...drilled, id: letter.repeat(64) }, reason);
    expect([...world.claims.breakers, ...world.claims.records, ...world.approvals.overrides]).toEqual([]);
    expect([world.outcomes, world.times]).toEqual([[], []]);
    expect(world.drills).toHaveLength(4);
    expect(world.history.every(({ drill }) => drill === DRILL_ID)).toBe(true);
  });

  it('does teach when it is none', async () => {
    for (const letter of ['a', 'b', 'c', 'd']) await endedWith(anIncident({ id: letter.repeat(64) }), 'ladder-exhausted');
    expect(world.claims.breakers.size + world.claims.records.size + world.approvals.overrides.size).toBe(3);
  });

  it('does not close a breaker that is open', async () => {
    for (const letter of ['a', 'b', 'c']) await endedWith(anIncident({ id: letter.repeat(64) }), 'ladder-exhausted');
    const before = structuredClone([...world.claims.breakers]);
    await endedWith({ ...drilled, id: 'd'.repeat(64) }, 'healed', NOW + 2 * HOUR);
    expect([...world.claims.breakers]).toEqual(before);
  });

  it('keeps no later one from the rung that failed in it', () => {
    const policy = aPolicy({ ladder: [aRung(), aRung({ remedy: 'restart-instance', params: {} })] });
    const failed = anAttempt({ incident: 'b'.repeat(64), result: 'not-recovered' });
    expect(nextRung(policy, [], [{ ...failed, drill: DRILL_ID }], NOW).number).toBe(0);
    expect(nextRung(policy, [], [failed], NOW).number).toBe(1);
  });

  it('is told as what it is, and calls a person all the same', async () => {
    await endedWith(drilled, 'ladder-exhausted');
    expect(world.notices).toMatchObject([{ brokenOnPurpose: true, stage: 'handed-off', severity: 'critical' }]);
    expect(world.messages[0]?.subject).toMatch(/^DRILL FOR REAL: NEEDS YOU: memory on instance/);
    expect(world.notices[0]?.drill).toBeUndefined();
  });
});

describe('a drill for real that stops a service', () => {
  const restart = aRung({ remedy: 'restart-service', params: { service: 'nginx.service' } });
  const held = (service: string, more: object) => delivered(world, { ...fleet, ...more }, real({ service }));

  it.each([
    ['the policy restarts', 'nginx', { ladder: [restart] }],
    ['the policy watches', 'web.service', { ladder: [restart], service: 'web' }],
    ['is one of any, since the policy names none', 'nginx', { ladder: [aRung({ remedy: 'restart-instance', params: {} })] }],
  ])('is held where the service is one that %s', async (_, service, more) => {
    await held(service, more);
    expect(world.started.size).toBe(1);
  });

  it('is refused, and begins nothing, where the policy neither watches nor restarts it', async () => {
    await held('ssh', { ladder: [restart, aRung({ remedy: 'of tomorrow' })], service: 'web' });
    expect(world.started.size).toBe(0);
    expect(world.history).toMatchObject([
      { reason: 'drill-refused', text: expect.stringContaining('neither watches nor restarts service ssh, but web and nginx') },
    ]);
  });
});

describe('a drill for real that fills a file system', () => {
  const clear = aRung({ remedy: 'clear-caches', params: { paths: ['/data/tmp'] } });
  const disk = (above: number, ladder = [clear]) => ({ ...fleet, ladder, fileSystem: { path: '/data', above } });
  const filling = real({ fill: true });

  it('is told, when its walk is whole, what may be filled: the file system of the policy, in the folders that its ladder clears', async () => {
    await walked(world, disk(85), filling);
    expect(world.history.at(-1)).toMatchObject({ reason: 'drill', fill: { path: '/data', percent: 88, folders: ['/data/tmp'] } });
  });

  it.each([
    ['watches no file system', fleet, 'watches no file system that could be filled'],
    ['has a threshold that a drill may not reach', disk(92), 'goes off above 92 %, and a drill fills to 90 % at the most'],
    ['deletes nothing', disk(85, [aRung({ remedy: 'grow-file-system', params: {} })]), 'deletes files of a folder'],
    ['only tells what it would delete', disk(85, [{ ...clear, params: { dryRun: true } }]), 'deletes files of a folder'],
    ['has a remedy of another version', disk(85, [aRung({ remedy: 'clear-caches', params: { paths: 7 } })]), 'deletes files of a folder'],
  ])('is refused, and begins nothing, where the policy %s', async (_, policy, words) => {
    await delivered(world, policy, filling);
    expect(world.started.size).toBe(0);
    expect(world.history).toMatchObject([{ kind: 'rejected', reason: 'drill-refused', text: expect.stringContaining(words) }]);
    expect(await world.ports.store.beginDrill('Web-memory', { drill: OTHER_ID, isReal: true }, NOW)).toBeUndefined();
  });

  it('is not in the way of one that stops a service, whose end says nothing of it where there is nothing to fill', async () => {
    await walked(world, fleet, real());
    expect(world.history.at(-1)).not.toHaveProperty('fill');
  });
});

describe('in the time of a drill for real', () => {
  const grow = aRung({ remedy: 'grow-volume', params: { ceilingGibibytes: 100 } });
  const growing = (ladder: (typeof grow)[]) => ({ ...fleet, ladder });
  const opened = async (policy: typeof fleet) => {
    await walked(world, fleet, real());
    world.started.clear();
    await intake({ policy, event: alarmAt(NOW + MINUTE), alarm: ALARM_NAME }, world.ports, NOW + MINUTE);
    return [...world.started.values()][0] as { policy: typeof fleet };
  };

  it('no volume is grown: the rung is left out, and the history says so', async () => {
    expect((await opened(growing([aRung(), grow]))).policy).toEqual(growing([aRung()]));
    expect(world.history.at(-1)?.text).toMatch(/; in a drill nothing is done that nothing takes back: without grow-volume$/);
  });

  it('a policy that could only grow one is in shadow', async () => {
    expect((await opened(growing([grow]))).policy).toEqual({ ...growing([grow]), mode: 'shadow' });
  });

  it('what passes, or can be undone, stays as it is', async () => {
    expect((await opened(fleet)).policy).toEqual(fleet);
    expect(world.history.at(-1)?.text).not.toContain('takes back');
  });

  it('is over, volumes are grown again', async () => {
    await walked(world, fleet, real());
    world.started.clear();
    const policy = growing([aRung(), grow]);
    await intake({ policy, event: alarmAt(NOW + HOUR), alarm: ALARM_NAME }, world.ports, NOW + HOUR);
    expect([...world.started.values()]).toMatchObject([{ policy }]);
  });
});
