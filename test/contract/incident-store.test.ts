import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { anAttempt, anIncident, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type GiveBack, giveBackToken } from '../../lambdas/core/give-back/give-back.ts';
import { type Attempt, attemptToken } from '../../lambdas/core/incident.ts';
import type { Ending } from '../../lambdas/core/ports.ts';
import { fakeIncidentPorts, type IncidentPorts, realIncidentPorts } from '../support/incident-tables.ts';

let aws: SharedAws;
beforeAll(async () => {
  aws = await openSharedAws();
});
afterAll(() => aws.close());

const incident = anIncident();
const other = anIncident({ id: 'b'.repeat(64), policy: 'Web-cpu' });
const UNTIL = NOW + 10 * MINUTE;

describe.each([
  ['DynamoDB', () => realIncidentPorts(aws)],
  ['the fake', async () => fakeIncidentPorts()],
])('the incident store in %s', (_, empty: () => Promise<IncidentPorts>) => {
  let ports: IncidentPorts;
  beforeEach(async () => {
    ports = await empty();
    await ports.claims.claim({ incident, until: UNTIL }, NOW);
  });
  const attemptOf = (rung: number, more: Partial<Attempt> = {}) =>
    anAttempt({ rung, at: NOW + rung * 1_000, token: attemptToken(incident.id, rung), ...more });

  it('keeps an attempt as it was written', async () => {
    const attempt = attemptOf(0);
    expect(await ports.store.record(attempt, UNTIL, NOW)).toBe('recorded');
    expect(await ports.store.attempts(incident.id)).toEqual([attempt]);
    expect((await ports.store.history(incident.target, NOW)).attempts).toEqual([attempt]);
  });

  it('lets one of several tell of a rejection, another when that one did not in its time, and nobody when it is noted', async () => {
    const { store } = ports;
    const take = (later = 0) => store.takeRejection('Web', 'hour#late-event', NOW + later);
    expect((await Promise.all([take(), take(), take()])).filter((taken) => taken)).toHaveLength(1);
    expect([await take(29_999), await store.takeRejection('Web', 'other', NOW)]).toEqual([false, true]);
    expect([await take(30_000), await take(30_000)]).toEqual([true, false]);
    await store.noteRejection('Web', 'hour#late-event', NOW + 30_001);
    expect(await take(3_600_000)).toBe(false);
    await store.noteRejection('Web', 'noted at once', NOW);
    expect(await store.takeRejection('Web', 'noted at once', NOW)).toBe(false);
  });

  it('lets one drill of a policy in at a time, and one for real an hour', async () => {
    const { store } = ports;
    const [one, two, three] = ['1', '2', '3'].map((digit) => ({ drill: digit.repeat(16), isReal: true }));
    if (!one || !two || !three) throw new Error('three drills');
    const of = ({ drill }: typeof one) => ({ policy: 'Web', target: incident.target, drill });
    expect((await Promise.all([one, two, three].map((each) => store.beginDrill('Web', each, NOW)))).filter((why) => !why)).toHaveLength(1);
    await store.endDrill(of(one), undefined, NOW);
    await store.endDrill(of(two), undefined, NOW);
    await store.endDrill(of(three), undefined, NOW);
    expect(await store.beginDrill('Web', two, NOW)).toBeUndefined();
    expect(await store.beginDrill('Web', two, NOW)).toBeUndefined();
    expect(await store.endDrill(of(one), undefined, NOW)).toBeUndefined();
    const mark = { drill: two.drill, since: NOW, until: NOW + MINUTE };
    expect(await store.endDrill(of(two), mark, NOW)).toEqual(mark);
    expect(await store.endDrill(of(two), { ...mark, until: NOW + 2 * MINUTE }, NOW + MINUTE)).toEqual(mark);
    expect(await store.realDrill(incident.target)).toEqual(mark);
    expect(await store.realDrill({ kind: 'instance', id: 'i-0aaaabbbbccccddde' })).toBeUndefined();
    expect(await store.beginDrill('Web', { ...one, drill: '4'.repeat(16) }, NOW)).toContain('had a drill for real');
    expect(await store.beginDrill('Web-disk', three, NOW)).toBeUndefined();
    expect((await ports.store.history(incident.target, 0)).openings).toEqual([]);
  });

  it('keeps from when to when a target is in a drill for real, as whoever holds it says', async () => {
    const { store } = ports;
    const of = { policy: 'Announced', target: { kind: 'instance', id: 'i-0aaaabbbbccccdddf' }, drill: '5'.repeat(16) } as const;
    const untilWhen = async () => (await store.realDrill(of.target))?.until;
    await store.beginDrill(of.policy, { drill: of.drill, isReal: true, announces: true }, NOW);
    const walked = await store.endDrill(of, { drill: of.drill, since: NOW, until: NOW + 65 * MINUTE }, NOW);
    expect([walked?.until, await untilWhen()]).toEqual([NOW + 5 * MINUTE, NOW + 5 * MINUTE]);
    await store.noteBreach(of, { breach: 'begins', minutes: 60 }, NOW + MINUTE);
    expect(await untilWhen()).toBe(NOW + 66 * MINUTE);
    expect((await store.endDrill(of, { drill: of.drill, since: NOW, until: NOW + 90 * MINUTE }, NOW + MINUTE))?.until).toBe(
      NOW + 66 * MINUTE,
    );
    await store.noteBreach({ ...of, drill: '6'.repeat(16) }, { breach: 'cancelled', minutes: 60 }, NOW + 2 * MINUTE);
    await store.noteBreach({ ...of, target: incident.target }, { breach: 'cancelled', minutes: 60 }, NOW + 2 * MINUTE);
    expect(await untilWhen()).toBe(NOW + 66 * MINUTE);
    await store.noteBreach(of, { breach: 'cancelled', minutes: 60 }, NOW + 2 * MINUTE);
    await store.noteBreach(of, { breach: 'begins', minutes: 60 }, NOW + MINUTE);
    expect(await untilWhen()).toBe(NOW + 2 * MINUTE);
    expect(await store.beginDrill(of.policy, { drill: '7'.repeat(16), isReal: true }, NOW + 3 * MINUTE)).toBeUndefined();
  });

  it('keeps of an incident in the time of a drill for real that it is open, and no turn of its alarm', async () => {
    const real = anIncident({ id: 'e'.repeat(64), realDrill: '1'.repeat(16) });
    await ports.store.open(real);
    expect((await ports.store.history(real.target, 0)).openings).toEqual([]);
    expect(await ports.store.past(real.policy, real.target, 0)).toMatchObject([{ id: real.id, drill: '1'.repeat(16) }]);
  });

  it('keeps a drill and its end, and nothing of it among the incidents of its target', async () => {
    const drill = anIncident({ id: 'd'.repeat(64), drill: '0123456789abcdef' });
    const end = { outcome: 'skipped', reason: 'drill', why: 'every rung was looked at' } as const;
    const nothing = { attempts: [], openings: [] };
    const found = async () => {
      const { attempts, openings } = await ports.store.history(drill.target, 0);
      return [{ attempts, openings }, await ports.store.past(drill.policy, drill.target, 0)];
    };

    expect(await ports.store.open(drill)).toEqual({ isNew: true });
    expect(await found()).toEqual([nothing, []]);
    await ports.store.close(drill, { end, told: true, written: true, changed: false }, NOW);
    expect(await ports.store.ending(drill.id)).toMatchObject({ end });
    expect(await ports.store.open(drill)).toMatchObject({ ending: { end } });
    expect(await found()).toEqual([nothing, []]);
  });

  it('knows an attempt that was written before, and keeps the first', async () => {
    await ports.store.record(attemptOf(0), UNTIL, NOW);
    expect(await ports.store.record(attemptOf(0, { at: NOW + MINUTE, summary: 'another summary' }), UNTIL, NOW + MINUTE)).toBe('known');
    expect(await ports.store.attempts(incident.id)).toEqual([attemptOf(0)]);
    expect((await ports.store.history(incident.target, NOW)).attempts).toHaveLength(1);
  });

  it('says so of one of two that are written at once', async () => {
    const answers = await Promise.all([ports.store.record(attemptOf(0), UNTIL, NOW), ports.store.record(attemptOf(0), UNTIL, NOW)]);
    expect(answers.toSorted()).toEqual(['known', 'recorded']);
  });

  it.each([
    ['another incident holds the lease', 'b'.repeat(64), NOW],
    ['the lease is over', 'a'.repeat(64), UNTIL],
  ])('writes no attempt when %s', async (_, id, now) => {
    expect(await ports.store.record(attemptOf(0, { incident: id, token: attemptToken(id, 0) }), UNTIL, now)).toBe('lease-lost');
    expect(await ports.store.attempts(id)).toEqual([]);
    expect((await ports.store.history(incident.target, 0)).attempts).toEqual([]);
  });

  it('writes no attempt when nobody holds the lease', async () => {
    await ports.claims.release(incident, 'tagged#Web', NOW);
    expect(await ports.store.record(attemptOf(0), UNTIL, NOW)).toBe('lease-lost');
  });

  it('brings all that is written of an incident at once', async () => {
    expect(await ports.store.written(incident.id)).toEqual({ attempts: [] });
    await ports.store.open(incident);
    expect(await ports.store.written(incident.id)).toEqual({ attempts: [], asked: false });
    for (const rung of [9, 0]) await ports.store.record(attemptOf(rung), UNTIL, NOW);
    await ports.store.noteAsked(incident);
    await ports.store.close(incident, ending, NOW);
    const { attempts, ...more } = await ports.store.written(incident.id);
    expect(attempts.map(({ rung }) => rung)).toEqual([0, 9]);
    expect(more).toMatchObject({ asked: true, ending });
  });

  it('lists the attempts of an incident by rung', async () => {
    for (const rung of [9, 0, 2]) await ports.store.record(attemptOf(rung), UNTIL, NOW);
    expect((await ports.store.attempts(incident.id)).map(({ rung }) => rung)).toEqual([0, 2, 9]);
    expect(await ports.store.attempts(other.id)).toEqual([]);
  });

  it('adds receipt and result to the attempt', async () => {
    await ports.store.record(attemptOf(0), UNTIL, NOW);
    await ports.store.recordReceipt(attemptOf(0), { commandId: 'c-1' });
    const said = ['nginx is active', 'password=hunter22'];
    await ports.store.recordResult(attemptOf(0), 'not-recovered', 'the symptom is present', NOW, said);
    const judged = { result: 'not-recovered', why: 'the symptom is present', judgedAt: NOW } as const;
    const kept = ['nginx is active', 'password=[redacted]'];
    expect(await ports.store.attempts(incident.id)).toEqual([{ ...attemptOf(0), receipt: { commandId: 'c-1' }, ...judged, kept }]);
    expect((await ports.store.history(incident.target, 0)).attempts).toEqual([{ ...attemptOf(0), ...judged }]);
  });

  it('judges an attempt once, unless who judges it again has read how it was', async () => {
    const { store } = ports;
    await store.record(attemptOf(0), UNTIL, NOW);
    expect(await store.recordResult(attemptOf(0), 'failed', 'exit code 1', NOW)).toBe('recorded');
    expect(await store.recordResult(attemptOf(0), 'recovered', 'it is gone', NOW)).toBe('known');
    const found = async () => [...(await store.attempts(incident.id)), ...(await store.history(incident.target, 0)).attempts];
    expect((await found()).map(({ result }) => result)).toEqual(['failed', 'failed']);
    expect(await store.recordResult(attemptOf(0, { result: 'failed' }), 'recovered', 'it is gone', NOW)).toBe('recorded');
    expect((await found()).map(({ result }) => result)).toEqual(['recovered', 'recovered']);
  });

  it('remembers what was done to a target under every policy, since a moment', async () => {
    await ports.store.record(attemptOf(0, { at: NOW - MINUTE }), UNTIL, NOW);
    await ports.claims.release(incident, 'tagged#Web', NOW);
    await ports.claims.claim({ incident: other, until: UNTIL }, NOW);
    const later = anAttempt({ incident: other.id, policy: other.policy, at: NOW });
    await ports.store.record(later, UNTIL, NOW);
    expect((await ports.store.history(incident.target, 0)).attempts.map(({ policy }) => policy)).toEqual(['Web-memory', 'Web-cpu']);
    expect((await ports.store.history(incident.target, NOW)).attempts).toEqual([later]);
    expect(await ports.store.history({ kind: 'instance', id: 'i-00000001' }, 0)).toEqual({ attempts: [], openings: [] });
  });

  it('tells with the history of a target who works on it', async () => {
    expect((await ports.store.history(incident.target, NOW)).lease).toMatchObject({ incident: incident.id, expiresAt: UNTIL });
    await ports.claims.release(incident, 'tagged#Web', NOW);
    expect((await ports.store.history(incident.target, 0)).lease).toBeUndefined();
  });

  it('remembers in the history of the target how an attempt was judged', async () => {
    await ports.store.record(attemptOf(0), UNTIL, NOW);
    await ports.store.recordReceipt(attemptOf(0), { commandId: 'c-1' });
    await ports.store.recordResult(attemptOf(0), 'failed', 'exit code 1', NOW);
    expect((await ports.store.history(incident.target, 0)).attempts).toEqual([
      { ...attemptOf(0), result: 'failed', why: 'exit code 1', judgedAt: NOW },
    ]);
  });

  it('remembers the incidents that were opened on a target, each once', async () => {
    await ports.store.open(incident);
    await ports.store.open(incident);
    await ports.store.open(other);
    const { openings } = await ports.store.history(incident.target, 0);
    expect(openings).toHaveLength(2);
    expect(openings).toContainEqual({ incident: incident.id, policy: incident.policy, at: incident.openedAt });
    expect((await ports.store.history(incident.target, NOW)).openings).toEqual([]);
  });

  describe('giving back', () => {
    const begun: GiveBack = {
      token: giveBackToken(incident.id, 0),
      incident: incident.id,
      target: incident.target,
      rung: 0,
      remedy: 'add-capacity',
      at: NOW,
      plan: { name: 'web', capacity: 2 },
      summary: 'lower the capacity of web to 2',
    };

    it('is written once, and then has its end', async () => {
      expect(await ports.store.giveBack(incident.id, 0)).toBeUndefined();
      expect(await ports.store.recordGiveBack(begun, UNTIL, NOW)).toBe('recorded');
      expect(await ports.store.recordGiveBack({ ...begun, at: NOW + MINUTE }, UNTIL, NOW + MINUTE)).toBe('known');
      expect(await ports.store.giveBack(incident.id, 0)).toEqual(begun);
      await ports.store.recordGiveBackEnd(begun, { reason: 'given-back', why: 'done' });
      expect(await ports.store.giveBack(incident.id, 0)).toEqual({ ...begun, end: { reason: 'given-back', why: 'done' } });
      expect(await ports.store.giveBack(incident.id, 1)).toBeUndefined();
    });

    it('is said to be known to one of two that are written at once', async () => {
      const answers = await Promise.all([ports.store.recordGiveBack(begun, UNTIL, NOW), ports.store.recordGiveBack(begun, UNTIL, NOW)]);
      expect(answers.toSorted()).toEqual(['known', 'recorded']);
    });

    it('is not written without the lease', async () => {
      expect(await ports.store.recordGiveBack(begun, UNTIL, UNTIL)).toBe('lease-lost');
      await ports.claims.release(incident, 'tagged#Web', NOW);
      expect(await ports.store.recordGiveBack(begun, UNTIL, NOW)).toBe('lease-lost');
      expect(await ports.store.giveBack(incident.id, 0)).toBeUndefined();
    });

    it('is no attempt, neither of the incident nor on the target', async () => {
      await ports.store.recordGiveBack(begun, UNTIL, NOW);
      expect(await ports.store.attempts(incident.id)).toEqual([]);
      expect((await ports.store.history(incident.target, 0)).attempts).toEqual([]);
    });
  });

  it('has no ending of an incident that is open or unheard of', async () => {
    await ports.store.open(incident);
    expect(await ports.store.ending(incident.id)).toBeUndefined();
    expect(await ports.store.ending(other.id)).toBeUndefined();
  });

  const ending: Ending = { end: { outcome: 'recovered', reason: 'healed', why: 'gone' }, told: true, written: false, changed: true };

  it('keeps the ending, and opening the incident again does not lose it', async () => {
    await ports.store.open(incident);
    await ports.store.close(incident, ending, NOW);
    await ports.store.open(incident);
    expect(await ports.store.ending(incident.id)).toEqual(ending);
  });

  it('says when it is opened again that it has ended', async () => {
    expect(await ports.store.open(incident)).toEqual({ isNew: true });
    expect(await ports.store.open(incident)).toEqual({ isNew: false });
    await ports.store.close(incident, ending, NOW);
    expect(await ports.store.open(incident)).toEqual({ isNew: false, ending });
  });

  it('writes no attempt of an incident that has ended, though its lease is still there', async () => {
    await ports.store.open(incident);
    await ports.store.close(incident, ending, NOW);
    expect(await ports.store.record(attemptOf(0), UNTIL, NOW)).toBe('lease-lost');
    expect(await ports.store.attempts(incident.id)).toEqual([]);
  });

  describe('the past of a policy on a target', () => {
    const open = { id: incident.id, receivedAt: incident.receivedAt };
    const past = (since = NOW - MINUTE) => ports.store.past(incident.policy, incident.target, since);

    it('is nothing in the beginning', async () => {
      expect(await past()).toEqual([]);
    });

    it('has the open incident, whenever it was opened, and no longer as open once it has ended', async () => {
      await ports.store.open(incident);
      expect(await past(NOW + MINUTE)).toEqual([open]);
      await ports.store.close(incident, ending, NOW);
      await ports.store.open(incident);
      expect(await past()).toEqual([{ ...open, ended: { end: ending.end, at: NOW, changed: true } }]);
    });

    it('has what ended since the moment, and not what ended before', async () => {
      await ports.store.open(incident);
      await ports.store.close(incident, { ...ending, changed: false }, NOW);
      expect(await past(NOW)).toMatchObject([{ id: incident.id, ended: { changed: false } }]);
      expect(await past(NOW + 1)).toEqual([]);
    });

    it('has incidents that were closed and never opened', async () => {
      await ports.store.close(incident, ending, NOW);
      expect(await past()).toMatchObject([{ id: incident.id }]);
    });

    it('is of one policy, also when the name of another begins alike, and of one target', async () => {
      const longer = anIncident({ id: 'c'.repeat(64), policy: `${incident.policy}-2` });
      const elsewhere = anIncident({ id: 'd'.repeat(64), target: { kind: 'instance', id: 'i-00000001' } });
      for (const one of [other, longer, elsewhere, incident]) await ports.store.open(one);
      expect(await past()).toEqual([open]);
      for (const one of [other, longer, elsewhere]) await ports.store.close(one, ending, NOW);
      expect(await past()).toEqual([open]);
    });
  });

  it('notes what was rejected, by policy and rejection', async () => {
    expect(await ports.store.isRejectionNoted('Web-memory', 'a')).toBe(false);
    await ports.store.noteRejection('Web-memory', 'a', NOW);
    await ports.store.noteRejection('Web-memory', 'a', NOW);
    expect(await ports.store.isRejectionNoted('Web-memory', 'a')).toBe(true);
    expect(await ports.store.isRejectionNoted('Web-memory', 'b')).toBe(false);
    expect(await ports.store.isRejectionNoted('Web-disk', 'a')).toBe(false);
  });

  it('closes an incident that was never opened, and says later that all was told', async () => {
    await ports.store.close(incident, ending, NOW);
    await ports.store.close(incident, { ...ending, written: true }, NOW);
    expect(await ports.store.ending(incident.id)).toEqual({ ...ending, written: true });
  });
});
