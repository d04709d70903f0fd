import { anInstance } from '@self-healing/simulation/accounts.ts';
import { ALARM_NAME, anAttempt, anIncident, aPolicy, HOUR, MINUTE, NOW, SECOND } from '@self-healing/simulation/builders.ts';
import { failing, fakePorts, texts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { fakeSweep } from '@self-healing/simulation/doubles/fake-sweep.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Incident } from '../../../lambdas/core/incident.ts';
import type { Next } from '../../../lambdas/core/next.ts';
import type { Policy } from '../../../lambdas/core/policy.ts';
import type { Storm } from '../../../lambdas/core/storm.ts';
import { conclude } from '../../../lambdas/steps/conclude.ts';
import { sweep } from '../../../lambdas/steps/sweep.ts';
import { triage } from '../../../lambdas/steps/triage.ts';

const SIZE = 40;
/** 20 % of forty. */
const THRESHOLD = 8;
const STORM_ID = 'tagged#Web#memory';

const contributorPolicy = aPolicy({ targets: { kind: 'contributor', attribute: 'InstanceId' } });

let world: World;
beforeEach(() => {
  world = fakePorts();
  for (const number of Array.from({ length: SIZE }, (_, index) => index)) {
    const id = idOf(number);
    world.account.instances.set(id, { ...anInstance({ id }), zone: number < 20 ? 'us-east-1a' : 'us-east-1b' });
  }
  world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: 'too much' });
});

function idOf(number: number): string {
  return `i-${number.toString(16).padStart(8, '0')}`;
}

function incidentOn(number: number, receivedAt = NOW): Incident {
  return anIncident({
    id: (number + 1).toString(16).padStart(64, '0'),
    target: { kind: 'instance', id: idOf(number) },
    receivedAt,
    openedAt: receivedAt,
  });
}

async function triaged(number: number, { next, now = NOW, policy = aPolicy() }: { next?: Next; now?: number; policy?: Policy } = {}) {
  return triage({ incident: incidentOn(number, next ? NOW : now), policy, ...(next && { next }) }, world.ports, now);
}

async function triagedAll(count: number): Promise<Next[]> {
  const answers: Next[] = [];
  for (let number = 0; number < count; number += 1) answers.push(await triaged(number));
  return answers;
}

const reasonOf = (answer: Next) => (answer.do === 'conclude' ? answer.end.reason : answer.do);

describe('triage beside others with the same symptom', () => {
  it('goes on as ever below the threshold', async () => {
    const answers = await triagedAll(THRESHOLD - 1);
    expect(new Set(answers.map(reasonOf))).toEqual(new Set(['remediate', 'triage']));
  });

  it('declares a storm at the threshold: one leads and gathers, all later ones end', async () => {
    const answers = await triagedAll(THRESHOLD + 5);
    expect(answers[THRESHOLD - 1]).toEqual({ do: 'triage', at: new Date(NOW + MINUTE).toISOString() });
    expect(new Set(answers.slice(THRESHOLD).map(reasonOf))).toEqual(new Set(['part-of-storm']));
    expect(world.stormTable.storms.get(STORM_ID)).toMatchObject({ lead: incidentOn(THRESHOLD - 1).id, since: NOW });
    expect(texts(world, 'decision').filter((text) => text.startsWith('declares a storm'))).toHaveLength(1);
  });

  it('lets the lead gather, and speak for all, however short the patience of its policy is', async () => {
    const impatient = aPolicy({ guardrails: { waitAtMost: { seconds: 10 } } });
    for (let number = 0; number < THRESHOLD - 1; number += 1) await triaged(number, { policy: impatient });
    const next = await triaged(THRESHOLD - 1, { policy: impatient });
    expect(next).toEqual({ do: 'triage', at: new Date(NOW + MINUTE).toISOString() });
    const spoken = await triaged(THRESHOLD - 1, { policy: impatient, next, now: NOW + MINUTE });
    expect(spoken).toMatchObject({ do: 'conclude', end: { reason: 'storm', details: expect.any(Array) } });
  });

  it('asks nothing of CloudWatch, EC2 or the pause switch for what comes during a storm', async () => {
    await triagedAll(THRESHOLD);
    world.calls.length = 0;
    await triaged(20);
    expect(new Set(world.calls.map((call) => call.split('.')[0]))).toEqual(new Set(['store', 'storms', 'history']));
  });

  it('lets what waited for a slot end, and nothing more begin', async () => {
    await triagedAll(THRESHOLD);
    const again = await triaged(5, { next: { do: 'triage', at: new Date(NOW).toISOString() }, now: NOW + 30 * SECOND });
    expect(reasonOf(again)).toBe('part-of-storm');
  });

  it('lets one of the first go on after the storm, when it has reached nothing more', async () => {
    await triagedAll(THRESHOLD);
    expect(reasonOf(await triaged(30, { now: NOW + 15 * MINUTE }))).not.toBe('part-of-storm');
  });

  it('has one lead of many that find out at the same moment', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, number) => triaged(number)));
    expect(world.stormTable.storms.size).toBe(1);
    const { lead } = world.stormTable.storms.get(STORM_ID) ?? {};
    const gathering = answers.flatMap((answer, number) =>
      answer.do === 'triage' && Date.parse(answer.at) === NOW + MINUTE ? [incidentOn(number).id] : [],
    );
    expect(gathering).toEqual([lead]);
    expect(answers.filter((answer) => reasonOf(answer) === 'part-of-storm')).toHaveLength(19);
  });

  it('lets the twenty-second and later ones of a burst wait a look, without asking AWS', async () => {
    for (let number = 0; number < 21; number += 1) {
      await world.ports.storms.arrive(STORM_ID, { incident: incidentOn(number).id, target: incidentOn(number).target, at: NOW }, NOW);
    }
    world.calls.length = 0;
    expect(await triaged(30)).toEqual({ do: 'triage', at: new Date(NOW + 30 * SECOND).toISOString() });
    expect(world.calls).not.toContain('alarms.state');
  });

  it('does not count instances that are no members', async () => {
    for (let number = 0; number < 15; number += 1) world.account.instances.set(idOf(number), anInstance({ id: idOf(number), tags: {} }));
    expect(new Set((await triagedAll(15)).map(reasonOf))).toEqual(new Set(['not-in-fleet']));
    expect(world.stormTable.storms.size).toBe(0);
    expect(reasonOf(await triaged(20))).toBe('remediate');
  });

  it('declares a storm when more than half of the members are in ALARM, although only one of them came lately', async () => {
    world.account.contributors.set(
      ALARM_NAME,
      Array.from({ length: 21 }, (_, number) => ({ id: `c${number}`, attributes: { InstanceId: idOf(number) } })),
    );
    const incident = { ...incidentOn(0), contributor: { id: 'c0', attributes: { InstanceId: idOf(0) } } };
    expect(await triage({ incident, policy: contributorPolicy }, world.ports, NOW)).toMatchObject({ do: 'triage' });
    expect(world.stormTable.storms.get(STORM_ID)).toMatchObject({ lead: incident.id });
  });
});

describe('the lead of a storm', () => {
  const gathered: Next = { do: 'triage', at: new Date(NOW + MINUTE).toISOString() };
  const lead = incidentOn(THRESHOLD - 1);
  const speak = () => triage({ incident: lead, policy: aPolicy(), next: gathered }, world.ports, NOW + MINUTE);

  it('hands off for all with a diagnosis, and notes how far it went', async () => {
    await triagedAll(THRESHOLD + 4);
    const first = incidentOn(0);
    world.items.attempts.set('t', anAttempt({ token: 't', incident: first.id, target: first.target, result: 'not-recovered' }));
    world.ports.store.attempts = async (incident) => [...world.items.attempts.values()].filter((attempt) => attempt.incident === incident);

    const answer = await speak();

    expect(answer).toMatchObject({ do: 'conclude', end: { outcome: 'handed-off', reason: 'storm' } });
    const { end } = answer as Extract<Next, { do: 'conclude' }>;
    expect(end.why).toBe('memory used above 90 % on 12 of 40 members');
    expect(end.details?.join('\n')).toContain('zone: us-east-1a 12 of 12 (of the others 8 of 28)');
    expect(end.details?.join('\n')).toContain(`ACTED ON   instance ${idOf(0)}: restart service nginx`);
    await conclude({ incident: lead, policy: aPolicy(), next: answer }, world.ports, NOW + MINUTE);
    expect(world.stormTable.storms.get(STORM_ID)).toMatchObject({ told: 12, toldFor: lead.id });
  });

  it('is the only one of all that sends a message', async () => {
    const answers = await triagedAll(SIZE);
    const ended = [...answers.flatMap((next, number) => (next.do === 'conclude' ? [{ incident: incidentOn(number), next }] : []))];
    for (const { incident, next } of [...ended, { incident: lead, next: await speak() }]) {
      await conclude({ incident, policy: aPolicy(), next }, world.ports, NOW + MINUTE);
    }
    expect(world.messages).toHaveLength(1);
    expect(world.messages[0]?.subject).toBe('NEEDS YOU: memory on many members of Web, 123456789012 eu-central-1');
    expect(world.notices[0]).toMatchObject({ stage: 'storm', severity: 'critical', target: { kind: 'fleet', id: 'Web' } });
    expect(world.notices[0]?.target?.members).toEqual(Array.from({ length: 20 }, (_, number) => idOf(number)));
    expect(world.notices[0]?.seen.at(-1)).toMatch(/^one incident with a common cause; instance i-\w+ speaks for all$/);
    expect(world.messages[0]?.body).toContain('> i-00000000');
    const [outcome] = world.history.filter(({ kind, reason }) => kind === 'outcome' && reason === 'storm');
    expect(outcome?.details).toEqual(expect.arrayContaining([expect.stringMatching(/^SPREAD/)]));
  });

  it('hands off although the members cannot be compared', async () => {
    await triagedAll(THRESHOLD);
    const { describe: describeInstances } = world.ports.instances;
    const many = async (ids: readonly string[]) => {
      if (ids.length > 1) throw new Error('throttled');
      return describeInstances(ids);
    };
    world.ports.instances.describe = many;
    const answer = await speak();
    expect(JSON.stringify(answer)).toContain('SHARED     not known: throttled');
  });

  it('fails, to be run again, when the table cannot be read', async () => {
    await triagedAll(THRESHOLD);
    failing(world, 'storms.read', new Error('unavailable'));
    await expect(speak()).rejects.toThrow('unavailable');
  });

  it('takes all of the group as told when CloudWatch lists no more contributors', async () => {
    await triagedAll(THRESHOLD);
    world.account.contributorsComplete.value = false;
    const incident = { ...lead, contributor: { id: 'c0', attributes: { InstanceId: idOf(7) } } };
    const next = await triage({ incident, policy: contributorPolicy, next: gathered }, world.ports, NOW + MINUTE);
    await conclude({ incident, policy: contributorPolicy, next }, world.ports, NOW + MINUTE);
    expect(world.stormTable.storms.get(STORM_ID)?.told).toBe(SIZE);
  });

  it('is succeeded when twice as many are reached, and the next message is the last until it doubles again', async () => {
    await triagedAll(THRESHOLD);
    await conclude({ incident: lead, policy: aPolicy(), next: await speak() }, world.ports, NOW + MINUTE);
    const later = NOW + 5 * MINUTE;
    for (let number = THRESHOLD; number < 2 * THRESHOLD - 1; number += 1) {
      expect(reasonOf(await triaged(number, { now: later }))).toBe('part-of-storm');
    }
    // The first of these looked; the next look is due a tenth of the exit time later.
    const heir = await triaged(2 * THRESHOLD - 1, { now: later + 90 * SECOND });
    expect(heir).toEqual({ do: 'triage', at: new Date(later + 150 * SECOND).toISOString() });
    expect(world.stormTable.storms.get(STORM_ID)).toMatchObject({ lead: incidentOn(2 * THRESHOLD - 1).id, told: THRESHOLD, since: NOW });
  });
});

describe('the message of a storm', () => {
  const gathered: Next = { do: 'triage', at: new Date(NOW + MINUTE).toISOString() };
  const lead = incidentOn(THRESHOLD - 1);
  const ofStorm = () => world.notices.filter(({ stage }) => stage === 'storm');
  const speak = () => triage({ incident: lead, policy: aPolicy(), next: gathered }, world.ports, NOW + MINUTE);
  const concludes = (next: Next, now = NOW + MINUTE) => conclude({ incident: lead, policy: aPolicy(), next }, world.ports, now);

  /** Everybody's incidents end except the lead's; the sweep comes by for two hours. */
  async function sweptForHours(): Promise<void> {
    const { ports } = fakeSweep(world);
    for (let minutes = 5; minutes <= 120; minutes += 5) await sweep(ports, NOW + minutes * MINUTE).catch(() => {});
  }

  beforeEach(async () => {
    for (const [number, next] of (await triagedAll(SIZE)).entries())
      if (next.do === 'conclude') await conclude({ incident: incidentOn(number), policy: aPolicy(), next }, world.ports, NOW);
    world.messages.length = 0;
    world.account.alarms.clear();
  });

  it('is sent once, by its lead, and the sweep finds nothing owed', async () => {
    world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: 'too much' });
    await concludes(await speak());
    expect(world.stormTable.debts.size).toBe(0);
    await sweptForHours();
    expect(ofStorm()).toHaveLength(1);
  });

  it('is sent at once when the lead fails, with how many and who, though nothing could be gathered', async () => {
    await conclude(
      { incident: lead, policy: aPolicy(), error: { Error: 'TryAgain', Cause: 'RequestLimitExceeded' } },
      world.ports,
      NOW + MINUTE,
    );
    await sweptForHours();
    expect(ofStorm()).toHaveLength(1);
    expect(ofStorm()[0]?.title).toBe('NEEDS YOU: memory on many members of Web, 123456789012 eu-central-1');
    expect(ofStorm()[0]?.why[1]).toMatch(/on 40 members at least; incident .* failed: .*RequestLimitExceeded/);
    expect(ofStorm()[0]?.target?.members?.slice(0, 2)).toEqual(['i-00000000', 'i-00000001']);
  });

  it('is sent by the sweep when nothing is heard of the lead any more', async () => {
    await sweptForHours();
    expect(ofStorm()).toHaveLength(1);
    expect(texts(world, 'sweep')).toEqual([expect.stringContaining('told people of a storm on 40 members in the place of')]);
  });

  it('gives the lead its time: no sweep speaks before', async () => {
    const { ports } = fakeSweep(world);
    await sweep(ports, NOW + 2 * MINUTE);
    expect(ofStorm()).toEqual([]);
  });

  it('is not sent again by a lead that comes when the sweep has spoken', async () => {
    const { ports } = fakeSweep(world);
    await sweep(ports, NOW + 5 * MINUTE);
    world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: 'too much' });
    await concludes(await speak(), NOW + 6 * MINUTE);
    expect(ofStorm()).toHaveLength(1);
    expect(world.items.endings.get(lead.id)).toMatchObject({ told: true, end: { reason: 'storm' } });
  });

  it('is sent when people can be reached again, once, whoever comes first', async () => {
    world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: 'too much' });
    const next = await speak();
    failing(world, 'notifier.publish', new Error('unavailable'));
    await expect(concludes(next)).rejects.toThrow('unavailable');
    await sweptForHours();
    expect(ofStorm()).toEqual([]);
    world.disturb.before = () => {};
    await Promise.all([concludes(next, NOW + 3 * HOUR), sweep(fakeSweep(world).ports, NOW + 3 * HOUR)]);
    await sweptForHours();
    expect(ofStorm()).toHaveLength(1);
  });

  it('is sent by another when the one that was to send it died before it did', async () => {
    const { storms } = world.ports;
    await storms.change(STORM_ID, (storm) => ({ ...storm, speaker: { name: lead.id, until: NOW + 5 * MINUTE + 30 * SECOND } }));
    const { ports } = fakeSweep(world);
    await sweep(ports, NOW + 5 * MINUTE);
    expect(ofStorm()).toEqual([]);
    await sweep(ports, NOW + 10 * MINUTE);
    expect(ofStorm()).toHaveLength(1);
  });

  it('is sent again rather than never, when it is not known that it went out', async () => {
    let changes = 0;
    world.disturb.before = (call) => {
      if (call === 'storms.change' && ++changes === 2) throw new Error('the function died');
    };
    await expect(sweep(fakeSweep(world).ports, NOW + 5 * MINUTE)).rejects.toThrow('the function died');
    world.disturb.before = () => {};
    await sweptForHours();
    expect(ofStorm()).toHaveLength(2);
  });

  it('speaks of a storm before it, of which nobody was told', async () => {
    const later = NOW + 40 * MINUTE;
    world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: 'too much' });
    for (let number = 0; number < THRESHOLD; number += 1)
      await triage(
        { incident: { ...incidentOn(number, later), id: `e${number}`.padStart(64, '0') }, policy: aPolicy() },
        world.ports,
        later,
      );
    expect(world.stormTable.storms.get(STORM_ID)).toMatchObject({ since: NOW, span: { from: NOW, to: later } });
    await sweep(fakeSweep(world).ports, later + 5 * MINUTE);
    expect(ofStorm()[0]?.why[1]).toContain('on 40 members at least');
  });
});

describe('what is taken up late', () => {
  const swept = NOW + 7 * HOUR;
  const late = (number: number, openedAt: number) => ({ ...incidentOn(number, swept), openedAt });

  it('is no storm where it came one by one, though all is taken up in one moment', async () => {
    const answers: Next[] = [];
    for (let number = 0; number < 12; number += 1)
      answers.push(await triage({ incident: late(number, NOW + number * 30 * MINUTE), policy: aPolicy() }, world.ports, swept));
    expect(world.stormTable.storms.size).toBe(0);
    expect(new Set(answers.map(reasonOf))).toEqual(new Set(['remediate', 'triage']));
  });

  it('is one where it came together, though that was hours ago', async () => {
    const answers: Next[] = [];
    for (let number = 0; number < 12; number += 1)
      answers.push(await triage({ incident: late(number, NOW + number * SECOND), policy: aPolicy() }, world.ports, swept));
    expect(world.stormTable.storms.get(STORM_ID)).toMatchObject({ lead: late(7, NOW).id, span: { from: NOW, to: NOW + 7 * SECOND } });
    expect(answers.slice(THRESHOLD).map(reasonOf)).toEqual(Array(4).fill('part-of-storm'));
  });

  it('waits for the end of a storm that it did not come with, and then goes on', async () => {
    await triagedAll(THRESHOLD);
    const old = { ...incidentOn(30), openedAt: NOW - HOUR };
    expect(await triage({ incident: old, policy: aPolicy() }, world.ports, NOW)).toEqual({
      do: 'triage',
      at: new Date(NOW + 15 * MINUTE).toISOString(),
    });
    expect(reasonOf(await triage({ incident: old, policy: aPolicy() }, world.ports, NOW + 15 * MINUTE))).not.toBe('storm');
  });

  it('is part of a storm that an earlier version declared, of which it is not known when its alarms came', async () => {
    await triagedAll(THRESHOLD);
    const { span: _, ...storm } = world.stormTable.storms.get(STORM_ID) as Storm;
    world.stormTable.storms.set(STORM_ID, storm);
    expect(reasonOf(await triage({ incident: { ...incidentOn(30), openedAt: NOW - HOUR }, policy: aPolicy() }, world.ports, NOW))).toBe(
      'part-of-storm',
    );
  });
});
