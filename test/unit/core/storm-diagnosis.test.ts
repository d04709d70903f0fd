import { anAttempt, aPolicy, INSTANCE_ID, MINUTE, NOW, SECOND } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import type { Arrival, Storm } from '../../../lambdas/core/storm.ts';
import { diagnosis, type Evidence, namedMembers } from '../../../lambdas/core/storm-diagnosis.ts';

const storm: Storm = { lead: 'a', since: NOW, speaksAt: NOW + MINUTE, until: NOW + 15 * MINUTE, lookedAt: NOW, version: 1 };
const arrival = (number: number, at = NOW + number * SECOND): Arrival => ({
  incident: `${number}`,
  target: { kind: 'instance', id: `i-${String(number).padStart(8, '0')}` },
  at,
});
const none = { unknown: 'the members cannot be described' };
const told = (given: Partial<Evidence>, now = NOW) =>
  diagnosis({ storm, arrivals: [], attempts: [], traits: none, ...given }, aPolicy(), now).join('\n');

describe('the diagnosis of a storm', () => {
  it('says of what it knows nothing only that it does not', () => {
    expect(told({ traits: { with: [{}], without: [] } }).split('\n')).toEqual([
      'ACTED ON   no member',
      expect.stringMatching(/^WAITING {4}/),
    ]);
  });

  it('names a member that is no instance by its kind, too', () => {
    const database: Arrival = { incident: '1', target: { kind: 'database', id: 'orders' }, at: NOW };
    expect(told({ arrivals: [database, arrival(2)] })).toContain('MEMBERS    database orders, i-00000002\n');
  });

  it('tells who was first and how fast it spread, each member once', () => {
    const lines = told({ arrivals: [arrival(1), arrival(3), arrival(2), arrival(2, NOW + MINUTE)] });
    expect(lines).toContain('SPREAD     first instance i-00000001 at 2026-11-02T10:20:01.000Z, 2 more within 2 s');
    expect(lines).toContain('MEMBERS    i-00000001, i-00000002, i-00000003\n');
  });

  it('tells of a single member without a span, and of none nothing', () => {
    expect(told({ arrivals: [arrival(1)] })).toContain('SPREAD     first instance i-00000001 at 2026-11-02T10:20:01.000Z\n');
    expect(told({})).not.toMatch(/SPREAD|MEMBERS/);
  });

  it('names twenty members and counts the others', () => {
    const twenty = Array.from({ length: 20 }, (_, number) => arrival(number));
    expect(told({ arrivals: twenty })).not.toContain('more\n');
    expect(told({ arrivals: [...twenty, arrival(20), arrival(21)] })).toContain('i-00000019 and 2 more\n');
  });

  it('gives the ids of the members that it names, each once', () => {
    const database: Arrival = { incident: '1', target: { kind: 'database', id: 'orders' }, at: NOW };
    expect(namedMembers([arrival(2), database, arrival(1), arrival(2, NOW + MINUTE)])).toEqual(['orders', 'i-00000001', 'i-00000002']);
    expect(namedMembers(Array.from({ length: 22 }, (_, number) => arrival(number)))).toHaveLength(20);
  });

  it('compares what the members share with those that are well, the most frequent first', () => {
    const sick = [{ zone: 'b' }, { zone: 'a', type: 't3.small' }, { zone: 'a', type: 't3.small' }];
    const lines = told({ traits: { with: sick, without: [{ zone: 'a' }, { zone: 'c' }] } });
    expect(lines).toContain(
      'SHARED     zone: a 2 of 3 (of the others 1 of 2), b 1 of 3 (of the others 0 of 2)\n           type: t3.small 2 of 3 (of the others 0 of 2)\n',
    );
    expect(lines).not.toContain('image');
  });

  it('names three values of a trait and counts the others; without well members it compares with none', () => {
    const zones = ['a', 'b', 'c', 'd', 'e'].map((zone) => ({ zone }));
    expect(told({ traits: { with: zones, without: [] } })).toContain('SHARED     zone: a 1 of 5, b 1 of 5, c 1 of 5, 2 more\n');
    expect(told({ traits: { with: zones.slice(0, 3), without: [] } })).toContain('SHARED     zone: a 1 of 3, b 1 of 3, c 1 of 3\n');
  });

  it('says why it cannot compare', () => {
    expect(told({})).toContain('SHARED     not known: the members cannot be described\n');
  });

  it('tells what was done to whom, and how it went', () => {
    expect(told({})).toContain('ACTED ON   no member\n');
    const attempts = [anAttempt({ result: 'recovered' }), anAttempt()];
    expect(told({ attempts })).toContain(
      `ACTED ON   instance ${INSTANCE_ID}: restart service nginx at 2026-11-02T10:16:00.000Z, recovered\n` +
        `           instance ${INSTANCE_ID}: restart service nginx at 2026-11-02T10:16:00.000Z, being verified\n`,
    );
  });

  it('tells when something is repaired again, at the earliest', () => {
    const line = 'WAITING    nothing more is repaired until the symptom reached no further member for 15 min: at the earliest ';
    expect(told({})).toContain(`${line}2026-11-02T10:35:00.000Z`);
    expect(told({}, NOW + 20 * MINUTE)).toContain(`${line}2026-11-02T10:40:01.000Z`);
  });
});
