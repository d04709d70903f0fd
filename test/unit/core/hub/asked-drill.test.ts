import { HOUR, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AskedDrill,
  type AskedDrills,
  answerTo,
  askedDrillsSchema,
  drillRequestSchema,
  type HeldDrill,
  judged,
  memberFor,
  waysNotWhole,
  withEnd,
  withHeld,
} from '../../../../lambdas/core/hub/asked-drill.ts';

const POLICIES = ['Web-memory', 'Orders-cpu', 'Web-disk'];
const request = '0123456789abcdef';
const asked: AskedDrill = { request, by: 'arn:anna' };
const held: HeldDrill = { request: 'fedcba9876543210', at: NOW - 2 * HOUR, policy: 'Web-disk', drill: 'aaaaaaaaaaaaaaaa' };
const judge = (known: AskedDrills, more: Partial<AskedDrill> = {}, sentAt = NOW) =>
  judged(known, { ...asked, ...more }, POLICIES, sentAt, NOW);

describe('a drill that the hub asks for', () => {
  it('is of each policy in its turn, by name', () => {
    expect(judge({})).toEqual({ kind: 'may-be-held', policies: ['Orders-cpu', 'Web-disk', 'Web-memory'] });
    expect(judge({ held })).toEqual({ kind: 'may-be-held', policies: ['Web-memory', 'Orders-cpu', 'Web-disk'] });
    expect(judge({ held: { ...held, policy: 'Web-memory' } })).toMatchObject({ policies: ['Orders-cpu', 'Web-disk', 'Web-memory'] });
    expect(judge({ held: { ...held, policy: 'Web-gone' } })).toMatchObject({ policies: ['Web-memory', 'Orders-cpu', 'Web-disk'] });
  });

  it('is of the policy that is named, where there is one', () => {
    expect(judge({}, { policy: 'Web-memory' })).toEqual({ kind: 'may-be-held', policies: ['Web-memory'] });
    expect(judge({}, { policy: 'Web-cpu' })).toEqual({ kind: 'refused', why: 'the pipeline has no policy of this name' });
  });

  it('is held once an hour, whichever policy is named', () => {
    const known = { held: { ...held, at: NOW - 59 * MINUTE } };
    expect(judge(known, { policy: 'Web-memory' })).toMatchObject({ kind: 'refused', why: expect.stringContaining('next request from') });
    expect(judge({ held: { ...held, at: NOW - HOUR } })).toMatchObject({ kind: 'may-be-held' });
  });

  it('that comes again is known, and one that comes late is refused', () => {
    expect(judge({ held: { ...held, request, at: NOW - MINUTE } })).toMatchObject({ kind: 'known' });
    expect(judge({}, {}, NOW - 11 * MINUTE)).toEqual({ kind: 'refused', why: 'the request came 11 min late' });
  });

  it('whose way was not whole is told until its policy is walked whole', () => {
    const ended = (policy: string, whole: boolean): HeldDrill => ({ ...held, policy, ended: { at: NOW, whole, why: 'no right to act' } });
    const told = (known: AskedDrills) => waysNotWhole(known).map(({ policy }) => policy);
    const next = (known: AskedDrills, policy: string) => withHeld(known, { ...held, policy }, POLICIES);
    const first = next({ held: ended('Web-disk', false) }, 'Web-memory');
    expect(told(first)).toEqual(['Web-disk']);
    const second: AskedDrills = { ...first, held: ended('Web-memory', false) };
    expect(told(second)).toEqual(['Web-memory', 'Web-disk']);
    const again = next({ ...first, held: ended('Web-memory', true) }, 'Web-disk');
    expect(told(again)).toEqual(['Web-disk']);
    expect(told({ ...again, held: ended('Web-disk', true) })).toEqual([]);
    expect(next({ ...again, held: ended('Web-disk', true) }, 'Web-memory')).not.toHaveProperty('notWhole');
    expect(told({ ...again, held: ended('Web-disk', false) })).toEqual(['Web-disk']);
  });

  it('is told no more when its policy is deployed no more, and of at most twenty policies', () => {
    const ended = (policy: string): HeldDrill => ({ ...held, policy, ended: { at: NOW, whole: false, why: 'x' } });
    expect(withHeld({ held: ended('Gone') }, held, POLICIES)).not.toHaveProperty('notWhole');
    const names = Array.from({ length: 30 }, (_, number) => `P-${number}`);
    const all = names.reduce<AskedDrills>((known, name) => ({ ...withHeld(known, held, names), held: ended(name) }), {});
    const { notWhole } = withHeld(all, held, names);
    expect(notWhole?.map(({ policy }) => policy)).toEqual(names.toReversed().slice(0, 20));
    expect(askedDrillsSchema.safeParse({ notWhole }).success).toBe(true);
  });

  it('is never more than one in an hour, whatever is sent in whatever order', () => {
    const sent = fc.array(fc.record({ request: fc.integer({ min: 1, max: 5 }), after: fc.integer({ min: 0, max: 90 }) }), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(sent, (events) => {
        let [now, known]: [number, AskedDrills] = [NOW, {}];
        const begun: number[] = [];
        for (const event of events) {
          now += event.after * MINUTE;
          const id = `${event.request}`.padStart(16, '0');
          if (judged(known, { ...asked, request: id }, POLICIES, now, now).kind !== 'may-be-held') continue;
          known = { held: { ...held, request: id, at: now } };
          begun.push(now);
        }
        expect(begun.filter((at, index) => at - (begun[index - 1] ?? 0) < HOUR)).toEqual([]);
      }),
    );
  });

  it('names no target, no time for which something is broken, and no other id than one of a drill', () => {
    for (const more of [{ target: 'i-1' }, { minutes: 15 }, { fill: true }, { request: 'anything' }])
      expect(drillRequestSchema.safeParse({ ...asked, ...more }).success).toBe(false);
    expect(drillRequestSchema.safeParse(asked).success).toBe(true);
  });

  it('is held on a member of the fleet, on another one by another id, and on none of an empty one', () => {
    const members = ['i-3', 'i-1', 'i-2'];
    expect(['0000000000000000', '0000000000000001', '0000000000000005'].map((drill) => memberFor(drill, members))).toEqual([
      'i-1',
      'i-2',
      'i-3',
    ]);
    expect(memberFor(request, [])).toBeUndefined();
  });
});

describe('the end of a drill that the hub asked for', () => {
  const under = { ...held, at: NOW - MINUTE };

  it('is that of its lines', () => {
    const report = { whole: true, reason: 'drill', why: 'every rung was looked at', secondsToEnd: 9, steps: [] };
    expect(withEnd(under, report, NOW).ended).toEqual({
      ...{ at: NOW, whole: true, reason: 'drill', why: 'every rung was looked at', seconds: 9 },
    });
    expect(withEnd(under, { whole: false, steps: [] }, NOW)).toBe(under);
  });

  it('that is not seen in time is none that is whole', () => {
    expect(withEnd(under, { whole: false, steps: [] }, NOW + 20 * MINUTE).ended).toMatchObject({ whole: false, why: expect.any(String) });
  });

  it('is told to a hub, which reads what it knows of it', () => {
    const drills = { held: { ...under, ended: { at: NOW, whole: false, reason: 'paused', why: 'noon' } } };
    expect(askedDrillsSchema.parse(JSON.parse(JSON.stringify(drills)))).toEqual(drills);
    expect(answerTo(under.request, drills)).toMatchObject({ state: 'stopped' });
    expect(answerTo(under.request, { held: under })).toMatchObject({ state: 'under-way' });
    expect(answerTo(request, { ...drills, refused: { request, at: NOW, why: 'too often' } })).toEqual({
      state: 'refused',
      why: 'too often',
    });
    expect([answerTo(request, drills), answerTo(request)]).toEqual([{ state: 'none' }, { state: 'none' }]);
  });
});
