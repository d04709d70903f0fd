import { aPolicy } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import type { Policy } from '../../../lambdas/core/policy.ts';
import type { Act } from '../../chaos/act.ts';
import type { Aftermath, Happenings } from '../../chaos/invariants/invariant.ts';
import { invariants, lastingInvariants } from '../../chaos/invariants/registry.ts';
import { fleetSymptoms } from '../../chaos/symptoms.ts';

const START = Date.parse('2026-11-02T10:00:00.000Z');
const ONE = 'instance#i-0000000000000000a';

const base = aPolicy();
const policy: Policy = {
  ...base,
  name: 'Fleet-memory',
  group: { kind: 'tagged', name: 'Fleet', key: 'SelfHeal', value: 'enabled' },
  guardrails: {
    ...base.guardrails,
    cooldown: { seconds: 18 },
    attempts: { most: 3, per: { minutes: 48 } },
    budget: { acts: 4, per: { seconds: 60 } },
    blastRadius: { percent: 10, members: 2, zonePercent: 10 },
  },
};

/** An act at this second, over three seconds later. */
function act(second: number, overrides: Partial<Act> = {}): Act {
  const at = START + second * 1_000;
  return {
    at,
    action: 'SendCommand',
    target: ONE,
    what: 'restart',
    token: `token-${second}`,
    givesBack: false,
    endedAt: at + 3_000,
    ...overrides,
  };
}

function happenings(acts: readonly Act[], overrides: Partial<Happenings> = {}): Happenings {
  return {
    acts,
    policies: new Map([[policy.name, policy]]),
    attemptOf: ({ token, target, at }) =>
      token === undefined
        ? undefined
        : { token, target, policy: policy.name, incident: 'one', at: at - 500, writtenAt: at - 200, acts: true },
    pauses: [],
    excluded: ['instance#i-00000000000000bad'],
    fleetSize: 60,
    now: START + 600_000,
    ...overrides,
  };
}

function aftermath(overrides: Partial<Aftermath> = {}): Aftermath {
  return { ...happenings([]), incidents: [], lines: [], messages: [], faults: [], deadLetters: [], sweeps: sweepsEvery(10), ...overrides };
}

/** Sweeps of a second for five minutes; those that begin before this second were struck. */
function sweepsEvery(seconds: number, wholeFrom = 0): Aftermath['sweeps'] {
  return Array.from({ length: 300 / seconds }, (_, index) => {
    const from = START + index * seconds * 1_000;
    return { from, until: from + 1_000, isComplete: index * seconds >= wholeFrom };
  });
}

function on(index: number, second: number, overrides: Partial<Act> = {}): Act {
  return act(second, { target: `instance#i-0000000000000000${index}`, token: `token-${index}-${second}`, ...overrides });
}

const breaches: readonly { readonly invariant: string; readonly $case: string; readonly kept: Happenings; readonly broken: Happenings }[] =
  [
    {
      invariant: 'written-first',
      $case: 'an act without an attempt',
      kept: happenings([act(0)]),
      broken: happenings([act(0)], { attemptOf: () => undefined }),
    },
    {
      invariant: 'one-act-per-attempt',
      $case: 'the same attempt twice',
      kept: happenings([act(0), act(30)]),
      broken: happenings([act(0), act(30, { token: 'token-0' })]),
    },
    {
      invariant: 'one-act-in-flight',
      $case: 'a second act before the first is over',
      kept: happenings([act(0), act(4)]),
      broken: happenings([act(0, { endedAt: START + 5_000 }), act(4)]),
    },
    {
      invariant: 'cooldown',
      $case: 'a second act 17 s after the first was decided',
      kept: happenings([act(0), act(17.5)]),
      broken: happenings([act(0), act(17.4)]),
    },
    {
      invariant: 'attempts',
      $case: 'a fourth act in the period',
      kept: happenings([act(0), act(20), act(40)]),
      broken: happenings([act(0), act(20), act(40), act(60)]),
    },
    {
      invariant: 'blast-radius',
      $case: 'a third member at once',
      kept: happenings([on(1, 0), on(2, 1), on(3, 3.5)]),
      broken: happenings([on(1, 0), on(2, 1), on(3, 2)]),
    },
    {
      invariant: 'budget',
      $case: 'a fifth act in a minute, less what a claim may wait for its act',
      kept: happenings([on(1, 0), on(2, 10), on(3, 20), on(4, 30), on(5, 50)]),
      broken: happenings([on(1, 0), on(2, 10), on(3, 20), on(4, 30), on(5, 49)]),
    },
    {
      invariant: 'pause',
      $case: 'an act that was decided during a pause',
      kept: happenings([act(0), act(60)], { pauses: [{ from: START - 300, until: START + 59_000 }] }),
      broken: happenings([act(0)], { pauses: [{ from: START - 600, until: START + 59_000 }] }),
    },
    {
      invariant: 'excluded',
      $case: 'an act on an excluded target',
      kept: happenings([act(0)]),
      broken: happenings([act(0, { target: 'instance#i-00000000000000bad' })]),
    },
  ];

describe('the invariants about acts', () => {
  it.each(breaches)('$invariant finds $case', ({ invariant, kept, broken }) => {
    const judge = (given: Happenings) =>
      invariants
        .find(({ name }) => name === invariant)
        ?.violations(given)
        .map((violation) => violation.invariant);
    expect(judge(kept)).toEqual([]);
    expect(judge(broken)).toEqual([invariant]);
  });

  it('grants a decision at most ten seconds for its act, whatever the pipeline wrote down', () => {
    const attemptOf: Happenings['attemptOf'] = ({ token = '', target, at }) => ({
      token,
      target,
      policy: policy.name,
      incident: 'one',
      at: at - 60_000,
      writtenAt: at,
      acts: true,
    });
    const judge = (given: Happenings) => invariants.find(({ name }) => name === 'cooldown')?.violations(given).length;
    expect(judge(happenings([act(0), act(7)], { attemptOf }))).toBe(1);
  });

  it('are all shown to find something', () => {
    expect(breaches.map(({ invariant }) => invariant).toSorted()).toEqual(invariants.map(({ name }) => name).toSorted());
  });
});

const TARGET = 'instance i-0000000000000000a';
const outcome = {
  at: new Date(START + 20_000).toISOString(),
  kind: 'outcome',
  policy: policy.name,
  text: 'healed',
  incident: 'one',
  target: TARGET,
  outcome: 'handed-off',
  reason: 'ladder-exhausted',
} as const;
const message = { at: outcome.at, subject: 'NEEDS YOU', body: `${TARGET}: handed off to you.\nSEEN ${policy.seen}` };
const fault = { target: ONE, symptom: fleetSymptoms.memory, from: START, until: START + 90_000, endedAt: START + 90_000 };
const letter = {
  at: START + 10_000,
  text: `{"policy":{"name":"Fleet-memory","symptom":"memory"},"event":{"InstanceId":"i-0000000000000000a"}}`,
};

const lasting: readonly { readonly invariant: string; readonly $case: string; readonly kept: Aftermath; readonly broken: Aftermath }[] = [
  {
    invariant: 'every-incident-ends',
    $case: 'an incident without an outcome',
    kept: aftermath({ incidents: [{ id: 'one', status: 'SUCCEEDED' }], lines: [outcome] }),
    broken: aftermath({ incidents: [{ id: 'one', status: 'RUNNING' }] }),
  },
  {
    invariant: 'every-end-is-told',
    $case: 'an end without its message',
    kept: aftermath({ lines: [outcome], messages: [message] }),
    broken: aftermath({ lines: [outcome] }),
  },
  {
    invariant: 'every-symptom-is-taken-up',
    $case: 'a lasting symptom without an incident',
    kept: aftermath({ faults: [fault], lines: [outcome] }),
    broken: aftermath({ faults: [fault] }),
  },
  {
    invariant: 'dead-letters-are-made-good',
    $case: 'a dead letter whose symptom stayed and was not taken up',
    kept: aftermath({ faults: [fault], deadLetters: [letter], lines: [outcome] }),
    broken: aftermath({ faults: [fault], deadLetters: [letter] }),
  },
];

describe('the invariants about ends', () => {
  it.each(lasting)('$invariant finds $case', ({ invariant, kept, broken }) => {
    const judge = (given: Aftermath) =>
      lastingInvariants
        .find(({ name }) => name === invariant)
        ?.violations(given)
        .map((violation) => violation.invariant);
    expect(judge(kept)).toEqual([]);
    expect(judge(broken)).toEqual([invariant]);
  });

  const takenUp = lastingInvariants.find(({ name }) => name === 'every-symptom-is-taken-up');
  const late = { ...outcome, at: new Date(START + 70_000).toISOString() };

  it('grant a symptom the second sweep that no chaos struck, and what the pipeline needs after it', () => {
    const sweeps = sweepsEvery(10, 40);
    expect(takenUp?.violations(aftermath({ faults: [fault], lines: [late], sweeps }))).toEqual([]);
    expect(takenUp?.violations(aftermath({ faults: [fault], lines: [], sweeps }))).toHaveLength(1);
    expect(takenUp?.violations(aftermath({ faults: [fault], lines: [late] }))).toHaveLength(1);
  });

  it('know an incident that is open all the while, though it has nothing to say', () => {
    const at = (milliseconds: number) => new Date(START + milliseconds).toISOString();
    const before = { ...outcome, at: at(-100_000) };
    expect(takenUp?.violations(aftermath({ faults: [fault], lines: [before, late] }))).toEqual([]);
    expect(takenUp?.violations(aftermath({ faults: [fault], lines: [before] }))).toHaveLength(1);
    expect(takenUp?.violations(aftermath({ faults: [fault], lines: [before, { ...late, incident: 'another' }] }))).toHaveLength(1);
  });

  it('grant no symptom more than two minutes, though every sweep was struck', () => {
    const lasts = { ...fault, until: START + 130_000, endedAt: START + 130_000 };
    expect(takenUp?.violations(aftermath({ faults: [fault], sweeps: [] }))).toEqual([]);
    expect(takenUp?.violations(aftermath({ faults: [lasts], sweeps: [] }))).toHaveLength(1);
  });

  it('are all shown to find something', () => {
    expect(lasting.map(({ invariant }) => invariant).toSorted()).toEqual(lastingInvariants.map(({ name }) => name).toSorted());
  });
});
