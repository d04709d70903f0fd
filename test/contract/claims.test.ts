import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { closedBreaker, learn } from '../../lambdas/core/circuit-breaker.ts';
import type { Instant } from '../../lambdas/core/duration.ts';
import { attemptToken, type Incident } from '../../lambdas/core/incident.ts';
import type { ActClaim } from '../../lambdas/core/ports.ts';
import { targetKey } from '../../lambdas/core/target.ts';
import { anIncident, HOUR, MINUTE, NOW } from '../support/builders.ts';
import { fakeIncidentPorts, type IncidentPorts, realIncidentPorts } from '../support/incident-tables.ts';
import { openSharedAws, type SharedAws } from '../support/shared-aws.ts';

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
}

function actOf(incident: Incident, { limit = 3, group = GROUP, zone, zoneLimit = 9, acts = 90 }: Partial<Claim> = {}): ActClaim {
  return {
    slot: { group, limits: { group: limit, zone: zoneLimit }, ...(zone !== undefined && { zone }) },
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
  beforeEach(async () => {
    ({ claims } = await empty());
  });
  const claim = (incident: Incident, { until = UNTIL, limit = 3, now = NOW, ...more }: Partial<Claim> = {}) =>
    claims.claim({ incident, until, act: actOf(incident, { limit, ...more }) }, now);

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
    expect(await claim(late, { limit: 1 })).toEqual({ kind: 'lost', to: 'slot' });
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
    expect(await claim(same, { zone: 'a', zoneLimit: 1 })).toEqual({ kind: 'lost', to: 'slot' });
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
});
