import { createHash } from 'node:crypto';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { anAttempt, anIncident, HOUR, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { closedBreaker, learn } from '../../lambdas/core/circuit-breaker.ts';
import type { HealthyFloor, SlotClaim } from '../../lambdas/core/claim.ts';
import type { Instant } from '../../lambdas/core/duration.ts';
import { attemptToken, type Incident } from '../../lambdas/core/incident.ts';
import type { ActClaim } from '../../lambdas/core/ports.ts';
import { withEnd } from '../../lambdas/core/remedy-record.ts';
import { type Target, targetKey } from '../../lambdas/core/target.ts';
import { fakeIncidentPorts, type IncidentPorts, realIncidentPorts } from '../support/incident-tables.ts';

let aws: SharedAws;
beforeAll(async () => {
  aws = await openSharedAws();
});
afterAll(() => aws.close());

const UNTIL = NOW + 10 * MINUTE;
const GROUP = 'tagged#Web';

function incidentOn(instance: string, policy = 'Web-memory'): Incident {
  const id = createHash('sha256').update(`${instance} ${policy}`).digest('hex');
  return anIncident({ id, policy, target: { kind: 'instance', id: instance } });
}

interface Claim {
  readonly until: Instant;
  readonly now: Instant;
  readonly limit: number;
  readonly group: string;
  readonly zone: string;
  readonly zoneLimit: number;
  readonly acts: number;
  readonly floor: HealthyFloor;
  /** Further groups that have the target. */
  readonly more: readonly SlotClaim[];
}

function actOf(
  incident: Incident,
  { limit = 3, group = GROUP, zone, zoneLimit = 9, acts = 90, floor, more = [] }: Partial<Claim> = {},
): ActClaim {
  return {
    slots: [{ group, limits: { group: limit, zone: zoneLimit }, ...(zone !== undefined && { zone }), ...(floor && { floor }) }, ...more],
    token: attemptToken(incident.id, 0),
    budget: { acts, perMilliseconds: HOUR },
  };
}

/** The slot that an incident on the member holds. */
function slotOf({ target }: Incident, until: Instant) {
  return { until, target: targetKey(target) };
}

function member(number: number): string {
  return `i-${String(number).padStart(8, '0')}`;
}

describe.each([
  ['DynamoDB', () => realIncidentPorts(aws)],
  ['the fake', async () => fakeIncidentPorts()],
])('claims in %s', (_, empty: () => Promise<IncidentPorts>) => {
  let claims: IncidentPorts['claims'];
  let store: IncidentPorts['store'];
  beforeEach(async () => {
    ({ claims, store } = await empty());
  });
  const claim = (incident: Incident, { until = UNTIL, limit = 3, now = NOW, ...more }: Partial<Claim> = {}) =>
    claims.claim({ incident, until, change: { act: actOf(incident, { limit, ...more }) } }, now);

  it('are nothing in the beginning', async () => {
    expect(await claims.lease(anIncident().target)).toBeUndefined();
    expect(await claims.slots(GROUP)).toEqual({});
  });

  it('take lease and slot together', async () => {
    const incident = incidentOn(member(1));
    expect(await claim(incident)).toEqual({ kind: 'claimed' });
    expect(await claims.lease(incident.target)).toMatchObject({ incident: incident.id, policy: 'Web-memory', expiresAt: UNTIL });
    expect(await claims.slots(GROUP)).toEqual({ [incident.id]: slotOf(incident, UNTIL) });
  });

  it('are read in the same moment as they are each alone, also what nobody ever wrote', async () => {
    const incident = incidentOn(member(1));
    await claim(incident);
    const [slots, again, others, spending, { breaker, override }] = await Promise.all([
      claims.slots(GROUP),
      claims.slots(GROUP),
      claims.slots('tagged#Other'),
      claims.spending(),
      claims.ofPolicy(incident.policy),
    ]);
    const held = { [incident.id]: slotOf(incident, UNTIL) };
    expect([slots, again, others, spending]).toEqual([held, held, {}, { [attemptToken(incident.id, 0)]: NOW }]);
    expect([breaker, override]).toEqual([closedBreaker, undefined]);
  });

  it('give a lease to one of two policies that want the same target at once, and no slot to the other', async () => {
    const [first, second] = [incidentOn(member(1), 'Web-memory'), incidentOn(member(1), 'Web-cpu')];
    const answers = await Promise.all([claim(first), claim(second)]);
    expect(answers).toContainEqual({ kind: 'claimed' });
    expect(answers).toContainEqual({ kind: 'lost', to: 'lease' });
    const winner = answers[0]?.kind === 'claimed' ? first : second;
    expect((await claims.lease(first.target))?.incident).toBe(winner.id);
    expect(Object.keys(await claims.slots(GROUP))).toEqual([winner.id]);
  });

  it('are lost to the slot, leaving the target free, when the group has as many as it may', async () => {
    await claim(incidentOn(member(1)), { limit: 1 });
    const late = incidentOn(member(2));
    expect(await claim(late, { limit: 1 })).toEqual({ kind: 'lost', to: 'slot', group: GROUP });
    expect(await claims.lease(late.target)).toBeUndefined();
  });

  it('need no slot for a rung that changes nothing', async () => {
    const incident = incidentOn(member(1));
    expect(await claims.claim({ incident, until: UNTIL }, NOW)).toEqual({ kind: 'claimed' });
    expect(await claims.slots(GROUP)).toEqual({});
  });

  it('count slots by group', async () => {
    await claim(incidentOn(member(1)), { limit: 1 });
    const other = incidentOn(member(2));
    expect(await claim(other, { group: 'tagged#Other', limit: 1 })).toEqual({ kind: 'claimed' });
  });

  it('move their end when the holder claims again', async () => {
    const incident = incidentOn(member(1));
    await claim(incident, { limit: 1 });
    expect(await claim(incident, { limit: 1, until: UNTIL + MINUTE })).toEqual({ kind: 'claimed' });
    expect((await claims.lease(incident.target))?.expiresAt).toBe(UNTIL + MINUTE);
    expect(await claims.slots(GROUP)).toEqual({ [incident.id]: slotOf(incident, UNTIL + MINUTE) });
  });

  it.each([
    ['are held until the last moment', UNTIL - 1, { kind: 'lost', to: 'lease' }],
    ['are free when their time is over', UNTIL, { kind: 'claimed' }],
  ])('%s', async (_, now, answer) => {
    await claim(incidentOn(member(1), 'Web-memory'));
    expect(await claim(incidentOn(member(1), 'Web-cpu'), { now, until: now + MINUTE })).toEqual(answer);
  });

  it('drop the slot of an incident that never gave it back', async () => {
    await claim(incidentOn(member(1)), { limit: 1 });
    const next = incidentOn(member(2));
    expect(await claim(next, { limit: 1, now: UNTIL, until: UNTIL + MINUTE })).toEqual({ kind: 'claimed' });
    expect(await claims.slots(GROUP)).toEqual({ [next.id]: slotOf(next, UNTIL + MINUTE) });
  });

  it('are given back, and giving back again changes nothing', async () => {
    const incident = incidentOn(member(1));
    await claim(incident);
    await claims.release(incident, GROUP, NOW);
    await claims.release(incident, GROUP, NOW);
    expect(await claims.lease(incident.target)).toBeUndefined();
    expect(await claims.slots(GROUP)).toEqual({});
  });

  it('are not given back by an incident that lost them to another', async () => {
    const [late, holder] = [incidentOn(member(1), 'Web-memory'), incidentOn(member(1), 'Web-cpu')];
    await claim(late);
    await claim(holder, { now: UNTIL, until: UNTIL + MINUTE });
    await claims.release(late, GROUP, UNTIL);
    expect((await claims.lease(holder.target))?.incident).toBe(holder.id);
    expect(await claims.slots(GROUP)).toEqual({ [holder.id]: slotOf(holder, UNTIL + MINUTE) });
  });

  it('are not given back by what is known of an incident that lost them to another in another group', async () => {
    const [late, holder] = [incidentOn(member(1), 'Web-memory'), incidentOn(member(1), 'Web-cpu')];
    await claim(late);
    await claim(holder, { now: UNTIL, until: UNTIL + MINUTE, group: 'tagged#Other' });
    await claims.release(late, GROUP, UNTIL, { held: { until: UNTIL, groups: [GROUP] } });
    expect((await claims.lease(holder.target))?.incident).toBe(holder.id);
    expect([await claims.slots(GROUP), Object.keys(await claims.slots('tagged#Other'))]).toEqual([{}, [holder.id]]);
  });

  it('are three of fifty at once in a group that allows three', async () => {
    const incidents = Array.from({ length: 50 }, (_, number) => incidentOn(member(number)));
    // A claim that met too much contention is made again, as the workflow does.
    const untilAnswered = async (incident: Incident): Promise<string> => {
      for (;;) {
        try {
          return (await claim(incident)).kind;
        } catch (error) {
          expect(error).toMatchObject({ name: 'TryAgain' });
        }
      }
    };
    const answers = await Promise.all(incidents.map(untilAnswered));
    const winners = incidents.filter((_, index) => answers[index] === 'claimed');
    expect(winners).toHaveLength(3);
    expect(Object.keys(await claims.slots(GROUP)).toSorted()).toEqual(winners.map(({ id }) => id).toSorted());
    const leases = await Promise.all(incidents.map(({ target }) => claims.lease(target)));
    expect(leases.filter((lease) => lease !== undefined)).toHaveLength(3);
  });

  it('count slots by zone', async () => {
    await claim(incidentOn(member(1)), { zone: 'a', zoneLimit: 1 });
    const [same, another] = [incidentOn(member(2)), incidentOn(member(3))];
    expect(await claim(same, { zone: 'a', zoneLimit: 1 })).toEqual({ kind: 'lost', to: 'slot', group: GROUP });
    expect(await claim(another, { zone: 'b', zoneLimit: 1 })).toEqual({ kind: 'claimed' });
  });

  it('spend the budget once for each attempt, over all groups, and are lost to it when it is used up', async () => {
    const [first, late] = [incidentOn(member(1)), incidentOn(member(2))];
    await claim(first, { acts: 1 });
    expect(await claim(first, { acts: 1 })).toEqual({ kind: 'claimed' });
    expect(await claim(late, { acts: 1, group: 'tagged#Other' })).toEqual({ kind: 'lost', to: 'budget' });
    expect(await claims.lease(late.target)).toBeUndefined();
    expect(await claims.spending()).toEqual({ [attemptToken(first.id, 0)]: NOW });
    expect(await claim(late, { acts: 1, now: NOW + HOUR, until: NOW + 2 * HOUR })).toEqual({ kind: 'claimed' });
  });

  it('are lost to a breaker that opened, and let one incident try once it half-opens', async () => {
    const settings = { failures: 1, openFor: { minutes: 5 } };
    expect(await claims.breaker('Web-memory')).toEqual(closedBreaker);
    await claims.changeBreaker('Web-memory', (breaker) => learn(breaker, 'failed', 'failed', settings, NOW));
    const [trial, late, other] = [incidentOn(member(1)), incidentOn(member(2)), incidentOn(member(3), 'Web-cpu')];
    expect(await claim(trial)).toEqual({ kind: 'lost', to: 'trial' });
    expect(await claim(other)).toEqual({ kind: 'claimed' });
    const now = NOW + 5 * MINUTE;
    const answers = await Promise.all([claim(trial, { now, until: UNTIL }), claim(late, { now, until: UNTIL })]);
    expect(answers).toContainEqual({ kind: 'claimed' });
    expect(answers).toContainEqual({ kind: 'lost', to: 'trial' });
    const winner = answers[0]?.kind === 'claimed' ? trial : late;
    expect(await claims.breaker('Web-memory')).toMatchObject({ state: 'half-open', trial: winner.id });
    await claims.changeBreaker('Web-memory', (breaker) => learn(breaker, winner.id, 'healed', settings, now));
    expect(await claims.breaker('Web-memory')).toEqual(closedBreaker);
  });

  it('keeps the last uses of each remedy beside the breaker, whoever else writes at the same time', async () => {
    const attempts = [anAttempt({ result: 'not-recovered' })];
    const ends = Array.from({ length: 5 }, (_, number) => String(number).repeat(64));
    await Promise.all(
      ends.map((end) => claims.changeRemedyRecord('Web-record', (record) => withEnd(record, end, attempts, 'ladder-exhausted', NOW))),
    );
    expect((await claims.remedyRecord('Web-record'))['restart-service']).toHaveLength(5);
    expect(await claims.remedyRecord('never-written')).toEqual({});
  });

  describe('in several groups', () => {
    const SECOND_GROUP = 'auto-scaling-group#shop';
    const inSecond = (limit: number): readonly SlotClaim[] => [{ group: SECOND_GROUP, limits: { group: limit, zone: 9 } }];

    it('are a slot in each of them', async () => {
      const incident = incidentOn(member(1));
      expect(await claim(incident, { more: inSecond(1) })).toEqual({ kind: 'claimed' });
      for (const group of [GROUP, SECOND_GROUP]) expect(await claims.slots(group)).toEqual({ [incident.id]: slotOf(incident, UNTIL) });
    });

    it('are lost to the one that is full, and take nothing of the others', async () => {
      await claim(incidentOn(member(1)), { group: SECOND_GROUP, limit: 1 });
      const late = incidentOn(member(2));
      expect(await claim(late, { more: inSecond(1) })).toEqual({ kind: 'lost', to: 'slot', group: SECOND_GROUP });
      expect(await claims.slots(GROUP)).toEqual({});
      expect(await claims.lease(late.target)).toBeUndefined();
    });

    it('are for one of two members that are claimed at once by policies of different groups', async () => {
      const answers = await Promise.all([
        claim(incidentOn(member(1)), { limit: 1, more: inSecond(1) }),
        claims.claim(
          {
            incident: incidentOn(member(2), 'Group-targets'),
            until: UNTIL,
            change: {
              act: {
                ...actOf(incidentOn(member(2), 'Group-targets')),
                slots: [...inSecond(1), { group: GROUP, limits: { group: 1, zone: 9 } }],
              },
            },
          },
          NOW,
        ),
      ]);
      expect(answers.map(({ kind }) => kind).toSorted()).toEqual(['claimed', 'lost']);
    });

    it('are freed in each of them', async () => {
      const incident = incidentOn(member(1));
      await claim(incident, { more: inSecond(1) });
      await claims.release(incident, GROUP, NOW);
      expect([await claims.slots(GROUP), await claims.slots(SECOND_GROUP)]).toEqual([{}, {}]);
    });

    it('are freed of a claim that an earlier version took, which names no group', async () => {
      const incident = incidentOn(member(1));
      await claims.claim({ incident, until: UNTIL }, NOW);
      await claim(incidentOn(member(2)));
      await claims.release(incident, GROUP, NOW);
      expect(Object.keys(await claims.slots(GROUP))).toEqual([incidentOn(member(2)).id]);
      expect(await claims.lease(incident.target)).toBeUndefined();
    });
  });

  describe('and the healthy floor', () => {
    const others = (...numbers: number[]) => numbers.map((number) => targetKey({ kind: 'instance', id: member(number) }));

    it('are lost to it when too few others would be left, and take nothing', async () => {
      const incident = incidentOn(member(1));
      expect(await claim(incident, { floor: { least: 2, others: others(2) } })).toEqual({ kind: 'lost', to: 'floor', group: GROUP });
      expect(await claims.lease(incident.target)).toBeUndefined();
    });

    it('do not count members that are in remediation, by the same slots that are taken', async () => {
      await claim(incidentOn(member(2)));
      expect(await claim(incidentOn(member(1)), { floor: { least: 1, others: others(2) } })).toMatchObject({ to: 'floor' });
      expect(await claim(incidentOn(member(1)), { floor: { least: 1, others: others(2, 3) } })).toEqual({ kind: 'claimed' });
    });

    it('are for one of two that are claimed at once where one may be missing', async () => {
      const answers = await Promise.all([
        claim(incidentOn(member(1)), { floor: { least: 1, others: others(2) } }),
        claim(incidentOn(member(2)), { floor: { least: 1, others: others(1) } }),
      ]);
      expect(answers).toContainEqual({ kind: 'claimed' });
      expect(answers).toContainEqual({ kind: 'lost', to: 'floor', group: GROUP });
    });
  });

  describe.each<[string, Target, Target]>([
    ['an Auto Scaling group and its member', { kind: 'auto-scaling-group', name: 'shop' }, { kind: 'instance', id: member(1) }],
    ['a database cluster and its member', { kind: 'database-cluster', id: 'orders' }, { kind: 'database', id: 'orders-1' }],
  ])('of %s', (_, container, contained) => {
    const whole = anIncident({ id: 'c'.repeat(64), policy: 'Whole', target: container });
    const part = anIncident({ id: 'd'.repeat(64), policy: 'Part', target: contained });
    const changing = (incident: Incident, until = UNTIL, now = NOW) =>
      claims.claim({ incident, until, change: { ...(incident === part && { container }) } }, now);

    it('exclude each other, the whole first', async () => {
      expect(await changing(whole)).toEqual({ kind: 'claimed' });
      expect(await changing(part)).toEqual({ kind: 'lost', to: 'container' });
      expect(await claims.lease(contained)).toBeUndefined();
      await claims.release(whole, 'single#whole', NOW);
      expect(await changing(part)).toEqual({ kind: 'claimed' });
    });

    it('exclude each other, the part first', async () => {
      expect(await changing(part)).toEqual({ kind: 'claimed' });
      expect(await claims.members(container)).toEqual({ [part.id]: slotOf(part, UNTIL) });
      expect(await changing(whole)).toEqual({ kind: 'lost', to: 'members' });
      expect(await claims.lease(container)).toBeUndefined();
      await claims.release(part, 'single#part', NOW);
      expect(await changing(whole)).toEqual({ kind: 'claimed' });
    });

    it('exclude each other when both are claimed at once', async () => {
      const answers = await Promise.all([changing(whole), changing(part)]);
      expect(answers.map(({ kind }) => kind).toSorted()).toEqual(['claimed', 'lost']);
    });

    it('exclude each other only until they lapse', async () => {
      await changing(part);
      expect(await changing(whole, UNTIL + MINUTE, UNTIL)).toEqual({ kind: 'claimed' });
      expect(await changing(part, UNTIL + 2 * MINUTE, UNTIL + MINUTE)).toEqual({ kind: 'claimed' });
    });

    it('do not exclude each other while one of them only waits', async () => {
      await claims.claim({ incident: whole, until: UNTIL }, NOW);
      expect(await changing(part)).toEqual({ kind: 'claimed' });
    });

    it('let several parts be changed at once', async () => {
      await changing(part);
      const second = anIncident({
        id: 'e'.repeat(64),
        target: contained.kind === 'instance' ? { kind: 'instance', id: member(2) } : { kind: 'database', id: 'orders-2' },
      });
      expect(await claims.claim({ incident: second, until: UNTIL, change: { container } }, NOW)).toEqual({ kind: 'claimed' });
    });
  });

  it('are refused for an incident that has ended, and take nothing', async () => {
    const incident = incidentOn(member(1));
    await store.open(incident);
    await store.close(incident, { end: { outcome: 'skipped', reason: 'paused', why: '' }, told: true, written: true, changed: false }, NOW);
    expect(await claim(incident)).toEqual({ kind: 'lost', to: 'ended' });
    expect(await claims.claim({ incident, until: UNTIL }, NOW)).toEqual({ kind: 'lost', to: 'ended' });
    expect([await claims.lease(incident.target), await claims.slots(GROUP)]).toEqual([undefined, {}]);
    expect(await claims.claim({ incident, until: UNTIL, change: {} }, NOW), 'to give back').toEqual({ kind: 'claimed' });
  });

  it('are not renewed for an incident that has ended, though its act may be under way', async () => {
    const incident = incidentOn(member(1));
    await store.open(incident);
    await claim(incident);
    await store.close(incident, { end: { outcome: 'skipped', reason: 'paused', why: '' }, told: true, written: true, changed: false }, NOW);
    await claims.release(incident, GROUP, NOW, { keptUntil: UNTIL });
    expect(await claims.renew(incident, UNTIL + MINUTE, NOW)).toBe('lost');
    expect(await claims.lease(incident.target)).toMatchObject({ expiresAt: UNTIL, over: true });
  });

  describe('of an act', () => {
    const container: Target = { kind: 'auto-scaling-group', name: 'shop' };
    const SECOND_GROUP = 'auto-scaling-group#shop';
    const incident = incidentOn(member(1));
    const attempt = anAttempt({
      incident: incident.id,
      target: incident.target,
      policy: incident.policy,
      token: attemptToken(incident.id, 0),
    });
    const later = UNTIL + 20 * MINUTE;
    const ends = async () => [
      (await claims.lease(incident.target))?.expiresAt,
      (await claims.slots(GROUP))[incident.id]?.until,
      (await claims.slots(SECOND_GROUP))[incident.id]?.until,
      (await claims.members(container))[incident.id]?.until,
    ];
    beforeEach(async () => {
      const more = [{ group: SECOND_GROUP, limits: { group: 3, zone: 9 } }];
      await claims.claim({ incident, until: UNTIL, change: { container, act: actOf(incident, { more }) } }, NOW);
    });

    it('are moved as a whole when the attempt is written', async () => {
      expect(await store.record(attempt, later, NOW)).toBe('recorded');
      expect(await ends()).toEqual([later, later, later, later]);
    });

    it('are moved as a whole when they are renewed, and never to an earlier time', async () => {
      expect(await claims.renew(incident, later, NOW)).toBe('renewed');
      expect(await claims.renew(incident, UNTIL, NOW)).toBe('renewed');
      expect(await ends()).toEqual([later, later, later, later]);
    });

    it('are neither renewed nor acted on once they have lapsed', async () => {
      expect(await claims.renew(incident, later, UNTIL)).toBe('lost');
      expect(await store.record(attempt, later, UNTIL)).toBe('lease-lost');
      expect(await ends()).toEqual([UNTIL, UNTIL, UNTIL, UNTIL]);
    });

    it('are not renewed by an incident that never had them', async () => {
      expect(await claims.renew(incidentOn(member(1), 'Web-cpu'), later, NOW)).toBe('lost');
    });

    it('are lost when the slot was given to others', async () => {
      await claims.release({ ...incident, target: { kind: 'instance', id: member(9) } }, SECOND_GROUP, NOW);
      expect(await store.record(attempt, later, NOW)).toBe('lease-lost');
      expect(await claims.renew(incident, later, NOW)).toBe('lost');
    });

    it('are not overwritten by another claim that read the slots before they were moved', async () => {
      const others = Array.from({ length: 4 }, (_, number) => incidentOn(member(number + 2)));
      await Promise.all([
        store.record(attempt, later, NOW),
        ...others.map((other) =>
          claim(other, { limit: 9, more: [{ group: SECOND_GROUP, limits: { group: 9, zone: 9 } }] }).catch(() => undefined),
        ),
      ]);
      expect(await ends()).toEqual([later, later, later, later]);
    });

    it('are freed as a whole by what the attempt says is held, and where they were moved since, too', async () => {
      await store.record(attempt, later, NOW);
      const { held } = await store.written(incident.id);
      await claims.renew(incident, later + MINUTE, NOW);
      await claims.release(incident, GROUP, NOW, { ...(held && { held }) });
      expect(await ends()).toEqual([undefined, undefined, undefined, undefined]);

      const more = [{ group: SECOND_GROUP, limits: { group: 3, zone: 9 } }];
      await claims.claim({ incident, until: later, change: { container, act: actOf(incident, { more }) } }, NOW);
      await claims.release(incident, GROUP, NOW, { ...(held && { held }) });
      expect(await ends()).toEqual([undefined, undefined, undefined, undefined]);
    });

    describe('that did not take place, are without its share of the budget', () => {
      const again = () => claims.claim({ incident, until: UNTIL, change: { container, act: actOf(incident) } }, NOW + MINUTE);

      it('when AWS did not take it, or it was held back', async () => {
        await store.record(attempt, later, NOW);
        expect(await claims.spending()).toEqual({ [attempt.token]: NOW });
        await store.recordNotTaken(attempt, 'ThrottlingException', true, NOW);
        expect(await claims.spending()).toEqual({});
        expect(await store.attempts(incident.id)).toMatchObject([{ result: 'not-taken', again: true }]);
        expect(await claim(incidentOn(member(2)), { acts: 1 })).toEqual({ kind: 'claimed' });
      });

      it('when the remedy refused it', async () => {
        await store.record({ ...attempt, acts: false, result: 'not-applicable' }, later, NOW);
        expect([await claims.spending(), await ends()]).toEqual([{}, [later, later, later, later]]);
      });

      it('and the next try of it is paid for anew, and not freed by what is told twice of the one before', async () => {
        await store.record(attempt, later, NOW);
        await store.recordNotTaken(attempt, 'ThrottlingException', true, NOW);
        await again();
        await store.recordNotTaken(attempt, 'ThrottlingException', true, NOW);
        expect(await claims.spending()).toEqual({ [attempt.token]: NOW + MINUTE });
        await store.record({ ...attempt, at: NOW + MINUTE }, later, NOW + MINUTE);
        await store.recordNotTaken(attempt, 'ThrottlingException', true, NOW);
        expect(await claims.spending()).toEqual({ [attempt.token]: NOW + MINUTE });
        expect((await store.attempts(incident.id))[0]?.result).toBeUndefined();
      });

      it('and what is written is written where that share has lapsed, too', async () => {
        await store.record(attempt, later, NOW);
        await claim(incidentOn(member(2)), { now: NOW + HOUR, until: NOW + 2 * HOUR, limit: 9 });
        const left = await claims.spending();
        expect(Object.keys(left)).toEqual([attemptToken(incidentOn(member(2)).id, 0)]);
        await store.recordNotTaken(attempt, 'ThrottlingException', true, NOW + HOUR);
        expect(await store.attempts(incident.id)).toMatchObject([{ result: 'not-taken' }]);
        expect(await claims.spending()).toEqual(left);
      });

      it('when no attempt of the incident was ever written, and others keep theirs', async () => {
        const other = incidentOn(member(2));
        await claim(other, { limit: 9 });
        await claims.freeShares(incident.id);
        await claims.freeShares(incident.id);
        expect(await claims.spending()).toEqual({ [attemptToken(other.id, 0)]: NOW });
      });

      it('whoever else spends at the same time', async () => {
        await store.record(attempt, later, NOW);
        const others = Array.from({ length: 4 }, (_, number) => incidentOn(member(number + 2)));
        await Promise.all([
          store.recordNotTaken(attempt, 'ThrottlingException', true, NOW),
          ...others.map((other) => claim(other, { limit: 9 })),
        ]);
        expect(Object.keys(await claims.spending()).toSorted()).toEqual(others.map(({ id }) => attemptToken(id, 0)).toSorted());
      });
    });

    it('are kept until a given time though the incident is over', async () => {
      await claims.release(incident, GROUP, NOW, { keptUntil: UNTIL + MINUTE });
      expect(await claims.lease(incident.target)).toMatchObject({ incident: incident.id, over: true });
      expect(await ends()).toEqual(Array.from({ length: 4 }, () => UNTIL + MINUTE));
      expect(await claim(incidentOn(member(1), 'Web-cpu'))).toEqual({ kind: 'lost', to: 'lease' });
      await claims.release(incident, GROUP, NOW);
      expect(await ends()).toEqual([undefined, undefined, undefined, undefined]);
    });
  });
});
