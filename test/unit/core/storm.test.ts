import { describe, expect, it } from 'vitest';
import { decideInCrowd } from '../../../lambdas/core/decide-in-crowd.ts';
import {
  type Arrival,
  crowdOf,
  declared,
  firstArrivals,
  isBeingFoundOut,
  isLookDue,
  lookedAt,
  type Storm,
  stormThreshold,
} from '../../../lambdas/core/storm.ts';
import { diagnosis } from '../../../lambdas/core/storm-diagnosis.ts';
import { anAttempt, anIncident, aPolicy, INSTANCE_ID, MINUTE, NOW, SECOND } from '../../support/builders.ts';

const policy = aPolicy();
const { commonCause } = policy.guardrails;
const LATER = anIncident({ id: 'c'.repeat(64), receivedAt: NOW });

function arrival(number: number, at = NOW): Arrival {
  const id = `i-${number.toString(16).padStart(8, '0')}`;
  return { incident: number.toString(16).padStart(64, '0'), target: { kind: 'instance', id }, at };
}

const arrivals = (count: number, at = NOW) => Array.from({ length: count }, (_, number) => arrival(number, at + number));

function aStorm(given: Partial<Storm> = {}): Storm {
  const since = NOW - 5 * MINUTE;
  return {
    lead: 'b'.repeat(64),
    since,
    speaksAt: since + MINUTE,
    lookedAt: since,
    until: since + 15 * MINUTE,
    told: 10,
    version: 3,
    ...given,
  };
}

describe('a crowd', () => {
  it('is a symptom in a group, over all policies', () => {
    expect(crowdOf(anIncident(), aPolicy({ name: 'Web-memory-2' }))).toBe('tagged#Web#memory');
  });

  it('is none where the target is its own group', () => {
    const database = { kind: 'database', id: 'orders' } as const;
    expect(crowdOf(anIncident({ target: database }), aPolicy({ group: { kind: 'single', target: database } }))).toBeUndefined();
    const group = { kind: 'auto-scaling-group', name: 'web' } as const;
    expect(crowdOf(anIncident({ target: group }), aPolicy({ group }))).toBeUndefined();
  });

  it.each([
    [1, 3],
    [10, 3],
    [15, 3],
    [16, 4],
    [50, 10],
    [5_000, 10],
  ])('of %i members makes a storm with %i', (size, threshold) => {
    expect(stormThreshold(commonCause, size)).toBe(threshold);
  });

  it('counts a member that comes again once, by its first time', () => {
    const again = [arrival(1, NOW + MINUTE), arrival(2, NOW + SECOND), arrival(1, NOW)];
    expect(firstArrivals(again).map(({ at }) => at - NOW)).toEqual([0, SECOND]);
  });

  it('is being found out by others from the twenty-first member on', () => {
    expect(isBeingFoundOut({ arrivals: arrivals(20) }, commonCause)).toBe(false);
    expect(isBeingFoundOut({ arrivals: arrivals(21) }, commonCause)).toBe(true);
    expect(isBeingFoundOut({ arrivals: arrivals(21).map(({ at }) => arrival(1, at)) }, commonCause)).toBe(false);
  });
});

describe('a storm', () => {
  it('gathers for two looks, at most a minute', () => {
    expect(declared(LATER, policy, NOW).speaksAt).toBe(NOW + MINUTE);
    expect(declared(LATER, aPolicy({ guardrails: { lookEvery: { seconds: 10 } } }), NOW).speaksAt).toBe(NOW + 20 * SECOND);
    expect(declared(LATER, aPolicy({ guardrails: { lookEvery: { minutes: 5 } } }), NOW).speaksAt).toBe(NOW + MINUTE);
  });

  it('is looked at when an incident comes a tenth of the exit time after the last look', () => {
    const due = { ...aStorm(), lookedAt: NOW - 90 * SECOND };
    expect(isLookDue(due, LATER, commonCause)).toBe(true);
    expect(isLookDue({ ...due, lookedAt: due.lookedAt + 1 }, LATER, commonCause)).toBe(false);
  });

  it('lasts for the exit time from the last member that it reached', () => {
    const { until } = lookedAt(aStorm(), [...arrivals(12, NOW - 6 * MINUTE), arrival(99, NOW - MINUTE)], LATER, policy, NOW);
    expect(until).toBe(NOW + 14 * MINUTE);
  });

  it('is not kept alive by a member that comes again', () => {
    const before = aStorm();
    const reached = arrivals(12, before.since - MINUTE);
    const { until } = lookedAt(before, [...reached, arrival(1, NOW)], LATER, policy, NOW);
    expect(until).toBe(before.until);
  });

  it.each<[string, Partial<Storm>, number, boolean]>([
    ['stays with its lead at less than twice the members that were told', {}, 19, false],
    ['gets a new lead at twice as many', {}, 20, true],
    ['waits until the lead has spoken', { speaksAt: NOW - MINUTE, told: 10 }, 40, false],
    ['gets a new lead when the first never spoke', { told: undefined as never }, 12, true],
    ['gives the lead its time to speak', { told: undefined as never, speaksAt: NOW - 80 * SECOND }, 12, false],
  ])('%s', (_, given, members, changes) => {
    const looked = lookedAt(aStorm(given), arrivals(members, NOW - 6 * MINUTE), LATER, policy, NOW);
    expect(looked.lead).toBe(changes ? LATER.id : aStorm().lead);
    expect(looked.speaksAt > NOW).toBe(changes);
    expect(looked.lookedAt).toBe(NOW);
  });
});

describe('before anything of AWS is read', () => {
  const look = (given: Partial<Parameters<typeof decideInCrowd>[0]>) =>
    decideInCrowd({ incident: LATER, policy, sightings: { arrivals: [] }, attempts: [], isNew: true, ...given }, NOW);

  it('an incident of a storm that did nothing is over', () => {
    expect(look({ sightings: { arrivals: [], storm: aStorm() } })).toMatchObject({
      kind: 'end',
      end: { outcome: 'skipped', reason: 'part-of-common-cause' },
    });
  });

  it.each<[string, Partial<Parameters<typeof decideInCrowd>[0]>]>([
    ['leads the storm', { sightings: { arrivals: [], storm: aStorm({ lead: LATER.id }) } }],
    ['tried something, which must be looked at', { sightings: { arrivals: [], storm: aStorm() }, attempts: [anAttempt()] }],
    ['came after the storm', { sightings: { arrivals: [], storm: aStorm({ until: NOW }) } }],
    ['is one of few', { sightings: { arrivals: arrivals(20) } }],
    ['has looked before', { sightings: { arrivals: arrivals(30) }, isNew: false }],
  ])('one that %s is not', (_, given) => {
    expect(look(given)).toBeUndefined();
  });

  it('one of very many waits while others find out', () => {
    expect(look({ sightings: { arrivals: arrivals(30) } })).toMatchObject({
      kind: 'wait',
      until: NOW + 30 * SECOND,
      reason: 'common-cause',
    });
  });
});

describe('the diagnosis of a storm', () => {
  const evidence = { storm: aStorm(), arrivals: arrivals(37, NOW - MINUTE), attempts: [], traits: { with: [], without: [] } };
  const text = (given: Partial<Parameters<typeof diagnosis>[0]> = {}) => diagnosis({ ...evidence, ...given }, policy, NOW).join('\n');

  it('names the first members and counts the others', () => {
    expect(text()).toContain('SPREAD     first instance i-00000000 at 2026-11-02T10:19:00.000Z, 36 more within 0 s');
    expect(text()).toMatch(/MEMBERS {4}i-00000000, .*, i-00000013 and 17 more/);
  });

  it('compares those with the symptom to the others', () => {
    const ill = { zone: 'us-east-1a', image: 'ami-2', type: 'm7g.large' };
    const well = { zone: 'us-east-1b', image: 'ami-1', type: 'm7g.large' };
    const lines = text({
      traits: { with: [ill, ill, { ...well, image: 'ami-2' }], without: [well, well, { ...well, zone: 'us-east-1a' }] },
    });
    expect(lines).toContain('zone: us-east-1a 2 of 3 (of the others 1 of 3), us-east-1b 1 of 3 (of the others 2 of 3)');
    expect(lines).toContain('image: ami-2 3 of 3 (of the others 0 of 3)');
  });

  it('says what could not be read', () => {
    expect(text({ traits: { unknown: 'describe instances: RequestLimitExceeded' } })).toContain('SHARED     not known: describe instances');
  });

  it('says what was done to whom, and that nothing more is', () => {
    expect(text()).toContain('ACTED ON   no member');
    const lines = text({ attempts: [anAttempt({ result: 'not-recovered' }), anAttempt({ rung: 1 })] });
    expect(lines).toContain(`ACTED ON   instance ${INSTANCE_ID}: restart service nginx at 2026-11-02T10:16:00.000Z, not-recovered`);
    expect(lines).toMatch(/being verified/);
    expect(lines).toContain('reached no further member for 15 min: at the earliest 2026-11-02T10:30:00.000Z');
  });
});
