import {
  anAttempt,
  anIncident,
  aPolicy,
  aQuestion,
  aStorm,
  INSTANCE_ID,
  MINUTE,
  NOW,
  SECOND,
  someFacts,
} from '@self-healing/simulation/builders.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideDeclared, decideStorm, stormToDeclare } from '../../../lambdas/core/decide-storm.ts';
import {
  type Arrival,
  declared,
  firstArrivals,
  isBeingFoundOut,
  isLookDue,
  isPartOf,
  isSpokenFor,
  lookedAt,
  ofStorm,
  type Storm,
  spanAround,
  spanOf,
  stormAsWitness,
  stormIdOf,
  stormThreshold,
  together,
} from '../../../lambdas/core/storm.ts';
import { diagnosis } from '../../../lambdas/core/storm-diagnosis.ts';

const policy = aPolicy();
const { storm: stormLimits } = policy.guardrails;
const LATER = anIncident({ id: 'c'.repeat(64), receivedAt: NOW, openedAt: NOW });

function arrival(number: number, at = NOW): Arrival {
  const id = `i-${number.toString(16).padStart(8, '0')}`;
  return { incident: number.toString(16).padStart(64, '0'), target: { kind: 'instance', id }, at };
}

const arrivals = (count: number, at = NOW) => Array.from({ length: count }, (_, number) => arrival(number, at + number));

describe('the symptom of a group', () => {
  it('is a symptom in a group, over all policies', () => {
    expect(stormIdOf(anIncident(), aPolicy({ name: 'Web-memory-2' }))).toBe('tagged#Web#memory');
  });

  it('is none where the target is its own group', () => {
    const database = { kind: 'database', id: 'orders' } as const;
    expect(stormIdOf(anIncident({ target: database }), aPolicy({ group: { kind: 'single', target: database } }))).toBeUndefined();
    expect(stormIdOf(anIncident(), aPolicy({ group: { kind: 'single', target: anIncident().target } }))).toBeUndefined();
    const group = { kind: 'auto-scaling-group', name: 'web' } as const;
    expect(stormIdOf(anIncident({ target: group }), aPolicy({ group }))).toBeUndefined();
  });

  it.each([
    [1, 3],
    [10, 3],
    [15, 3],
    [16, 4],
    [50, 10],
    [5_000, 10],
  ])('of %i members makes a storm with %i', (size, threshold) => {
    expect(stormThreshold(stormLimits, size)).toBe(threshold);
  });

  it('counts a member that comes again once, by its first time', () => {
    const again = [arrival(1, NOW + MINUTE), arrival(2, NOW + SECOND), arrival(1, NOW)];
    expect(firstArrivals(again).map(({ at }) => at - NOW)).toEqual([0, SECOND]);
  });

  it('is being found out by others from the twenty-first member on', () => {
    expect(isBeingFoundOut({ arrivals: arrivals(20) }, LATER, stormLimits)).toBe(false);
    expect(isBeingFoundOut({ arrivals: arrivals(21) }, LATER, stormLimits)).toBe(true);
    expect(isBeingFoundOut({ arrivals: arrivals(21).map(({ at }) => arrival(1, at)) }, LATER, stormLimits)).toBe(false);
  });
});

describe('a storm', () => {
  it('gathers for two looks, at most a minute', () => {
    expect(declared(LATER, policy, NOW).speaksAt).toBe(NOW + MINUTE);
    expect(declared(LATER, aPolicy({ guardrails: { lookEvery: { seconds: 10 } } }), NOW).speaksAt).toBe(NOW + 20 * SECOND);
    expect(declared(LATER, aPolicy({ guardrails: { lookEvery: { minutes: 5 } } }), NOW).speaksAt).toBe(NOW + MINUTE);
  });

  it('is what was declared, without the times of alarms where it is the state of the group', () => {
    const span = { from: NOW - MINUTE, to: NOW };
    const storm = { lead: LATER.id, since: NOW, speaksAt: NOW + MINUTE, lookedAt: NOW, until: NOW + 15 * MINUTE, version: 0 };
    expect(declared(LATER, policy, NOW)).toStrictEqual(storm);
    expect(declared(LATER, policy, NOW, span)).toStrictEqual({ ...storm, span });
  });

  it('gives the lead exactly its time to speak, and a look more', () => {
    const silent = { ...aStorm({ speaksAt: NOW }), told: undefined as never };
    expect(lookedAt(silent, arrivals(12, NOW - 6 * MINUTE), LATER, policy, NOW + 90 * SECOND).lead).toBe(silent.lead);
    expect(lookedAt(silent, arrivals(12, NOW - 6 * MINUTE), LATER, policy, NOW + 90 * SECOND + 1).lead).toBe(LATER.id);
  });

  it('names in its message what was done in the first half of its gathering, and nothing that is younger', () => {
    const storm = aStorm({ since: NOW, speaksAt: NOW + MINUTE });
    const spokenFor = (at: number, acts = true) => isSpokenFor(storm, [anAttempt({ at: NOW }), anAttempt({ at, acts })]);
    expect([spokenFor(NOW + 30 * SECOND), spokenFor(NOW + 30 * SECOND + 1), spokenFor(NOW + MINUTE, false)]).toEqual([true, false, true]);
  });

  it('is the witness of those that it speaks for, under the name of its symptom', () => {
    const witness = { kind: 'storm', id: 'tagged#Web#memory' };
    expect(stormAsWitness(aStorm({ speaksAt: NOW }), policy, NOW)).toEqual({ ...witness, at: NOW });
    expect(stormAsWitness(aStorm({ speaksAt: NOW }), policy, NOW - 1)).toEqual(witness);
  });

  it('is looked at when an incident comes a tenth of the exit time after the last look', () => {
    const due = { ...aStorm(), lookedAt: NOW - 90 * SECOND };
    expect(isLookDue(due, LATER, stormLimits)).toBe(true);
    expect(isLookDue({ ...due, lookedAt: due.lookedAt + 1 }, LATER, stormLimits)).toBe(false);
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

describe('what came together', () => {
  const count = (all: readonly Arrival[], openedAt = NOW) => together(all, { openedAt }, stormLimits).length;
  const every = (minutes: number, members: number) =>
    Array.from({ length: members }, (_, number) => arrival(number, NOW + number * minutes * MINUTE));

  it('is counted by the time of the alarms, and not by when they were taken in', () => {
    expect(count(every(30, 12), NOW + 60 * MINUTE)).toBe(1);
    expect(count(every(0, 12))).toBe(12);
  });

  it('came within the time of the policy, on whichever side of the incident', () => {
    expect(count(every(1, 30))).toBe(11);
    expect(count(every(1, 30), NOW + 15 * MINUTE)).toBe(11);
    expect(count(every(1, 30), NOW + 29 * MINUTE)).toBe(11);
  });

  it('is the fullest such stretch, in which the incident itself lies', () => {
    const before = [1, 2, 3].map((number) => arrival(number, NOW - 9 * MINUTE));
    const later = [4, 5, 6, 7].map((number) => arrival(number, NOW + 9 * MINUTE));
    expect(together([...before, arrival(0), ...later], { openedAt: NOW }, stormLimits).map(({ at }) => at - NOW)).toEqual([
      0,
      ...Array(4).fill(9 * MINUTE),
    ]);
  });

  it('has no stretch in it that begins after the incident, or too long before it', () => {
    const later = [9, 10, 11, 12, 13].map((minutes) => arrival(minutes, NOW + minutes * MINUTE));
    const earlier = [14, 15, 16, 17].map((minutes) => arrival(minutes, NOW - minutes * MINUTE));
    expect(together([...earlier, arrival(0), ...later], { openedAt: NOW }, stormLimits).map(({ at }) => (at - NOW) / MINUTE)).toEqual([
      0, 9, 10,
    ]);
  });

  it('is of two stretches that are as full the one that begins with the incident', () => {
    const both = [arrival(1, NOW - 9 * MINUTE), arrival(0), arrival(2, NOW + 9 * MINUTE)];
    expect(together(both, { openedAt: NOW }, stormLimits).map(({ at }) => (at - NOW) / MINUTE)).toEqual([0, 9]);
  });

  it('is what trying each stretch finds, whatever arrives', () => {
    const within = 10 * MINUTE;
    const someArrivals = fc.array(fc.tuple(fc.nat(6), fc.integer({ min: -25, max: 25 })), { maxLength: 30 });
    fc.assert(
      fc.property(someArrivals, (drawn) => {
        const all = drawn.map(([number, minutes]) => arrival(number, NOW + minutes * MINUTE));
        const begins = [NOW, ...all.map(({ at }) => at)].filter((at) => at <= NOW && at >= NOW - within);
        const stretches = begins.map((begin) => firstArrivals(all.filter(({ at }) => at >= begin && at <= begin + within)));
        const most = Math.max(...stretches.map(({ length }) => length));
        expect(together(all, { openedAt: NOW }, stormLimits)).toEqual(stretches.find(({ length }) => length === most));
      }),
    );
  });

  it('is sought for as long before the incident as after it, and spans its own times', () => {
    expect(spanAround(LATER, stormLimits)).toEqual({ from: NOW - 10 * MINUTE, to: NOW + 10 * MINUTE });
    expect(spanOf([arrival(1, NOW + 2), arrival(2, NOW), arrival(3, NOW + 1)])).toEqual({ from: NOW, to: NOW + 2 });
    expect(spanOf([])).toBeUndefined();
  });

  it('counts a member once, and nothing where nothing is', () => {
    expect(count(arrivals(9).map(({ at }) => arrival(1, at)))).toBe(1);
    expect(count([])).toBe(0);
  });

  it('stays part of the storm while each comes within the exit time of the one before', () => {
    const storm = aStorm({ span: { from: NOW, to: NOW + MINUTE } });
    const chain = [arrival(1), arrival(2, NOW + 16 * MINUTE), arrival(3, NOW + 31 * MINUTE), arrival(4, NOW + 47 * MINUTE)];
    expect(ofStorm(storm, chain, stormLimits).map(({ at }) => (at - NOW) / MINUTE)).toEqual([0, 16, 31]);
    expect(lookedAt(storm, chain, LATER, policy, NOW).span).toEqual({ from: NOW, to: NOW + 31 * MINUTE });
    expect(ofStorm(storm, [...chain, arrival(5, NOW + 50 * MINUTE)].toReversed(), stormLimits)).toEqual(chain.slice(0, 3));
    const early = [-10 * MINUTE - 1, -10 * MINUTE].map((time) => arrival(1, NOW + time));
    expect(ofStorm(storm, early, stormLimits)).toEqual(early.slice(1));
  });

  it('is known by the time of an incident', () => {
    const storm = aStorm({ span: { from: NOW, to: NOW + MINUTE } });
    const isPart = (openedAt: number) => isPartOf(storm, { openedAt }, stormLimits);
    expect([-10 * MINUTE - 1, -10 * MINUTE, 0, 16 * MINUTE, 16 * MINUTE + 1].map((time) => isPart(NOW + time))).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
    expect(isPartOf(aStorm(), { openedAt: 0 }, stormLimits)).toBe(true);
  });

  it('gives no lead to an incident of another time', () => {
    const silent = { ...aStorm({ span: { from: NOW, to: NOW } }), told: undefined as never };
    expect(lookedAt(silent, [], { ...LATER, openedAt: NOW - 60 * MINUTE }, policy, NOW).lead).toBe(silent.lead);
    expect(lookedAt(silent, [], LATER, policy, NOW).lead).toBe(LATER.id);
  });
});

describe('before anything of AWS is read', () => {
  const look = (given: Partial<Parameters<typeof decideStorm>[0]>) =>
    decideStorm({ incident: LATER, policy, stormRecord: { arrivals: [] }, attempts: [], isNew: true, ...given }, NOW);

  it('an incident of a storm that did nothing is over', () => {
    expect(look({ stormRecord: { arrivals: [], storm: aStorm() } })).toMatchObject({
      kind: 'end',
      end: { outcome: 'skipped', reason: 'part-of-storm' },
    });
  });

  it.each<[string, Partial<Parameters<typeof decideStorm>[0]>]>([
    ['leads the storm', { stormRecord: { arrivals: [], storm: aStorm({ lead: LATER.id }) } }],
    ['tried something, which must be looked at', { stormRecord: { arrivals: [], storm: aStorm() }, attempts: [anAttempt()] }],
    ['came after the storm', { stormRecord: { arrivals: [], storm: aStorm({ until: NOW }) } }],
    ['is one of few', { stormRecord: { arrivals: arrivals(20) } }],
    ['has looked before', { stormRecord: { arrivals: arrivals(30) }, isNew: false }],
  ])('one that %s is not', (_, given) => {
    expect(look(given)).toBeUndefined();
  });

  it('one of very many waits while others find out', () => {
    expect(look({ stormRecord: { arrivals: arrivals(30) } })).toMatchObject({
      kind: 'wait',
      until: NOW + 30 * SECOND,
      reason: 'storm',
      why: 'many others came with the same symptom; some of them find out whether it is a storm',
    });
  });
});

describe('an incident that was to declare a storm', () => {
  const facts = { ...someFacts, groupSize: 50 };
  const span = { from: NOW - MINUTE, to: NOW };
  const asks = (recent: number, storm?: Storm, waitAtMost = { minutes: 30 }) =>
    aQuestion({
      incident: LATER,
      policy: aPolicy({ guardrails: { waitAtMost } }),
      snapshot: { facts, stormWatch: { recent, span, inAlarm: 0, ...(storm && { storm }) } },
    });

  it.each([
    [10, span],
    [9, undefined],
  ])('declares one of %i members that came together, with their times where they make a storm: %j', (recent, expected) => {
    expect(stormToDeclare(asks(recent), undefined)).toEqual(declared(LATER, policy, NOW, expected));
  });

  it('declares the state of the group where nobody counted who came together', () => {
    expect(stormToDeclare(aQuestion({ incident: LATER, snapshot: { facts } }), undefined)).toEqual(declared(LATER, policy, NOW));
  });

  it('speaks for the storm before it, of which nobody was told', () => {
    const { told: _, ...silent } = aStorm({ span: { from: NOW - 20 * MINUTE, to: NOW - 19 * MINUTE } });
    expect(stormToDeclare(asks(10), silent)).toMatchObject({ since: silent.since, span: { from: NOW - 20 * MINUTE, to: NOW } });
  });

  const own = declared(LATER, policy, NOW, span);
  const others = { ...own, lead: 'b'.repeat(64) };
  const again = { kind: 'wait', reason: 'storm', why: 'the storm changed meanwhile; look again', until: NOW + 30 * SECOND };

  it('gathers until it speaks, where it leads', () => {
    const seen = 'memory used above 90 % on 10 of 50 members';
    expect(decideDeclared(asks(10), own)).toEqual({
      kind: 'wait',
      reason: 'storm',
      why: `${seen}; see how far it goes`,
      until: NOW + MINUTE,
    });
    expect(decideDeclared(asks(10, undefined, { minutes: 0.5 }), own)).toEqual({
      kind: 'wait',
      reason: 'storm',
      why: `${seen}; see how far it goes; waited 0 s`,
      until: NOW + MINUTE,
    });
    expect(decideDeclared(asks(10), { ...own, speaksAt: NOW })).toEqual({
      kind: 'end',
      end: { outcome: 'handed-off', reason: 'storm', why: seen },
    });
  });

  it('ends where a faster one leads', () => {
    const witness = { kind: 'storm', id: 'tagged#Web#memory' };
    expect(decideDeclared(asks(10), others)).toEqual({
      kind: 'end',
      end: {
        outcome: 'skipped',
        reason: 'part-of-storm',
        why: `part of a storm since 2026-11-02T10:20:00.000Z; incident ${others.lead} speaks for all`,
        witness,
      },
    });
  });

  it.each<[string, number, Storm]>([
    ['the storm is over', 10, { ...others, until: NOW }],
    ['the storm is over and few are left', 2, { ...others, until: NOW }],
  ])('looks again where %s', (_, recent, storm) => {
    expect(decideDeclared(asks(recent), storm)).toEqual(again);
  });

  it('looks again where nothing is known of the others', () => {
    expect(decideDeclared(aQuestion({ incident: LATER, snapshot: { facts } }), own)).toEqual(again);
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
