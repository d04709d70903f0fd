import { describe, expect, it } from 'vitest';
import type { AllPorts } from '../../doubles/fake-ports.ts';
import { promises } from '../../explore/invariants.ts';
import { guardrailSituations } from '../../explore/left-alone.ts';
import { promiseSituations } from '../../explore/promise-situations.ts';
import { costOf } from '../../explore/schedule.ts';
import { scheduleText } from '../../explore/schedule-text.ts';
import { explore } from '../../explore/search.ts';
import { type Situation, situations } from '../../explore/situation.ts';
import { play, preparedFor } from '../../explore/small-world.ts';
import { synthesizedStack } from '../../synthesized-stack.ts';

const stack = synthesizedStack();

function named(name: string): Situation {
  const found = situations.find((situation) => situation.name === name);
  if (!found) throw new Error(`no situation ${name}`);
  return found;
}

/** Replaces some methods of one port. */
function replacing<Port extends keyof AllPorts>(port: Port, how: (methods: AllPorts[Port]) => Partial<AllPorts[Port]>) {
  return (ports: AllPorts): AllPorts => ({ ...ports, [port]: { ...ports[port], ...how(ports[port]) } });
}

describe('the explorer', () => {
  it.each([
    { name: 'one-machine', preemptions: 1, deaths: 0 },
    { name: 'one-machine', preemptions: 0, deaths: 1 },
    { name: 'two-machines', preemptions: 1, deaths: 0 },
    { name: 'two-machines', preemptions: 0, deaths: 1 },
  ])(
    'finds no broken promise in $name among all schedules with $preemptions preemptions and $deaths deaths',
    async ({ name, ...bounds }) => {
      const { found, complete, schedules } = await explore(preparedFor(named(name), stack), bounds);
      expect(found).toEqual([]);
      expect(complete).toBe(true);
      expect(schedules).toBeGreaterThan(30);
    },
  );

  it.each([...promiseSituations, ...guardrailSituations])('finds no broken promise when: $title', async (situation) => {
    const { found } = await explore(preparedFor(situation, stack), { preemptions: 0, deaths: 0 }, { goOn: true });
    expect(found.map(({ violation }) => violation)).toEqual([]);
  });

  it('meets the same states in the same order when a schedule is simulated again', async () => {
    const prepared = preparedFor(named('one-machine'), stack);
    const states: string[][] = [[], []];
    for (const met of states) {
      await play(prepared, (point) => {
        met.push(`${point.at} ${point.actor} ${point.what} ${point.state()}`);
        return point.number === 30 ? { kind: 'dies' } : undefined;
      });
    }
    expect(states[1]).toEqual(states[0]);
    expect(states[0]?.length).toBeGreaterThan(100);
  });

  it.each([
    {
      what: 'an attempt that was written is not found again',
      how: replacing('store', () => ({ attempts: async () => [], record: async () => 'recorded', recordReceipt: async () => {} })),
      bounds: { preemptions: 0, deaths: 1 },
      promise: promises.once,
    },
    {
      what: 'every claim is granted, and no attempt is written',
      how: (ports: AllPorts) =>
        replacing('claims', () => ({ claim: async () => ({ kind: 'claimed' }) }))(
          replacing('store', () => ({ record: async () => 'recorded' }))(ports),
        ),
      bounds: { preemptions: 0, deaths: 0 },
      promise: promises.lease,
    },
    {
      what: 'claims are kept',
      how: replacing('claims', () => ({ release: async () => {} })),
      bounds: { preemptions: 0, deaths: 0 },
      promise: promises.free,
    },
    {
      what: 'nobody is told',
      how: replacing('notifier', () => ({ publish: async () => {} })),
      bounds: { preemptions: 1, deaths: 0 },
      promise: promises.told,
    },
  ])('finds, when $what, that this is broken: $promise', async ({ how, bounds, promise }) => {
    const prepared = preparedFor(named('one-machine'), stack, how);
    const { found } = await explore(prepared, bounds, { goOn: true });
    const broken = found.find(({ violation }) => violation.promise === promise);
    expect(broken, JSON.stringify(found)).toBeDefined();
    const cost = costOf(broken?.schedule ?? []);
    expect(cost.preemptions + cost.deaths).toBeLessThanOrEqual(1);
  });

  it('tells the schedule of a violation in words: who made which calls when, and what was out of the ordinary', async () => {
    const prepared = preparedFor(named('one-machine'), stack);
    let written = -1;
    await play(prepared, ({ what, number }) => {
      if (what === 'store.record' && written === -1) written = number;
      return undefined;
    });
    const text = (await scheduleText(prepared, [{ point: written, deviation: { kind: 'dies' } }])).join('\n');
    expect(text).toMatch(/^ +0:00 min {2}incident 1 \(Fleet-memory\), triage: starts, store\.open, /m);
    expect(text).toMatch(/^ +! remediate-clear-caches dies after store\.record$/m);
  });
});
