import { anIncident, HOUR, NOW } from '@self-healing/simulation/builders.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Operator } from '../../../bin/heal/operator.ts';
import { pause, resume } from '../../../bin/heal/pause.ts';
import { demote, holdBreaker, promote, releaseBreaker } from '../../../bin/heal/policies.ts';
import { screenOf } from '../../../bin/heal/screen.ts';
import { why } from '../../../bin/heal/why.ts';
import { type Breaker, closedBreaker } from '../../../lambdas/core/circuit-breaker.ts';
import { iso } from '../../../lambdas/core/duration.ts';
import { type HistoryLine, incidentLine } from '../../../lambdas/core/history-line.ts';
import { lessStrictThan, type ModeOverride, overrideIn } from '../../../lambdas/core/mode.ts';
import { believable } from '../../../lambdas/core/operator-action.ts';
import { pauseEnd } from '../../../lambdas/core/pause.ts';
import { plainScreen } from '../../support/plain-screen.ts';

const ANNA = 'arn:aws:sts::111122223333:assumed-role/ops/anna';
const BERT = 'arn:aws:sts::111122223333:assumed-role/ops/bert';
const POLICY = 'Web-memory';

let done: string[];
let written: string[] = [];
let values: string[] = ['noon'];
let clockOfAws = NOW;
let lines: HistoryLine[];
let override: ModeOverride | undefined;
let breaker: Breaker;
let refuses: 'nothing' | 'history' | 'actions';
beforeEach(() => {
  done = [];
  values = ['noon'];
  override = undefined;
  breaker = closedBreaker;
  lines = [];
  refuses = 'nothing';
});

const action = (name: string, answer?: unknown) => async () => {
  if (refuses === 'actions') throw new Error('AccessDenied: password=hunter2x');
  done.push(name);
  return answer;
};

const operator = {
  pipeline: 'healing',
  policies: { [POLICY]: 'automatic' },
  pause: {
    set: async (value: string) => {
      await action('set')();
      written.push(value);
      values.push(value);
    },
    history: async () => values.map((value) => ({ value, at: iso(clockOfAws), by: '' })),
  },
  modes: {
    read: async () => override,
    async demote(_: string, wanted: ModeOverride) {
      await action('demote')();
      if (override === undefined || lessStrictThan(wanted.mode).includes(override.mode)) override = wanted;
    },
    promote: action('promote', true),
  },
  claims: {
    breaker: async () => breaker,
    async changeBreaker(_: string, change: (current: Breaker) => Breaker) {
      await action('changeBreaker')();
      breaker = change(breaker);
      return breaker;
    },
  },
  caller: async () => ({ userId: 'AIDAANNA', arn: ANNA }),
  record: async (line: HistoryLine) => {
    if (refuses === 'history') throw new Error('ResourceNotFoundException: no log group');
    lines.push(line);
    done.push('line');
  },
  history: async () => lines,
} as unknown as Operator;

const actions: readonly (readonly [string, boolean, () => Promise<{ readonly text: string }>])[] = [
  ['pause', false, () => pause(operator, 'works on the database', undefined, NOW, plainScreen())],
  ['resume', true, () => resume(operator, NOW, plainScreen())],
  ['demote', false, () => demote(operator, POLICY, 'shadow', 'a drill', NOW, plainScreen())],
  ['promote', true, () => promote(operator, POLICY, NOW, plainScreen())],
  ['hold-breaker', false, () => holdBreaker(operator, POLICY, 'a drill', NOW, plainScreen())],
  ['release-breaker', true, () => releaseBreaker(operator, POLICY, NOW)],
];

describe.each(actions)('%s', (name, permits, perform) => {
  it('is a line of the history, by whom and what, before it is done', async () => {
    await perform();
    expect(done[0]).toBe('line');
    expect(done).toHaveLength(2);
    expect(lines).toMatchObject([{ kind: 'operator', action: name, by: ANNA, text: expect.stringContaining(ANNA) }]);
  });

  it(`${permits ? 'is not done' : 'is done all the same, and says so,'} where the history cannot be written`, async () => {
    refuses = 'history';
    if (permits) await expect(perform()).rejects.toThrow('could not be written into the history');
    else expect((await perform()).text).toContain('It is NOT in the history: ResourceNotFoundException: no log group');
    expect(done).toHaveLength(permits ? 0 : 1);
  });

  it('that fails is a line that says so, without secrets', async () => {
    refuses = 'actions';
    await expect(perform()).rejects.toThrow('AccessDenied');
    expect(lines.map(({ text }) => text)).toEqual([expect.not.stringContaining('failed'), expect.stringContaining('that failed')]);
    expect(JSON.stringify(lines)).not.toContain('hunter2x');
  });
});

it.each(actions.filter(([, permits]) => permits))(
  '%s that is not done says what to do by why it cannot be written',
  async (...[, , perform]) => {
    refuses = 'history';
    await expect(perform()).rejects.toMatchObject({ next: expect.stringContaining('deploy it again') });
  },
);

describe('a pause', () => {
  const paused = (lasting?: number, reason = 'database work') => pause(operator, reason, lasting, NOW, plainScreen());
  beforeEach(() => {
    written = [];
    values = ['running'];
    clockOfAws = NOW;
  });

  it('without an end says so, and how to give it one', async () => {
    const { text, data } = await paused();
    expect(text).toContain('until "self-healing-pipeline resume"; --for 2h would end it by itself.');
    expect(data).toEqual({
      paused: `database work (by ${ANNA}, 2026-11-02T10:20:00.000Z)`,
      until: null,
      unrecorded: null,
      clockIsWrong: false,
    });
    expect(lines[0]?.text).toContain('pauses the pipeline: without an end: database work');
  });

  it.each(['running', ' running', 'running\t'])('for the reason %j, by which the switch would let it act, is refused', async (reason) => {
    await expect(paused(undefined, reason)).rejects.toThrow('reason');
    expect(written).toEqual([]);
  });

  it('for a time says when it ends, in the switch and in the history', async () => {
    const { text, data } = await paused(2 * HOUR);
    expect(text).toContain('It ends by itself in 2 h, at 2026-11-02 12:20:00Z, or before with');
    expect(data).toMatchObject({ until: '2026-11-02T12:20:00.000Z' });
    expect(written).toEqual([expect.stringMatching(/ \[until 2026-11-02T12:20:00\.000Z\]$/)]);
    expect(lines[0]?.text).toContain('until 2026-11-02T12:20:00.000Z: database work');
  });

  it.each([3 * HOUR, -3 * HOUR])('goes by the clock of AWS where that of this machine is wrong by %i ms', async (wrong) => {
    clockOfAws = NOW + wrong;
    const { text, data } = await paused(2 * HOUR);
    expect(data).toMatchObject({ until: iso(NOW + wrong + 2 * HOUR) });
    expect(pauseEnd(written.at(-1))).toBe(NOW + wrong + 2 * HOUR);
    expect(text).toContain('The clock of this machine is wrong');
  });

  it.each([0, 8 * 24 * HOUR])('of %i ms is refused, and nothing is written', async (lasting) => {
    await expect(paused(lasting)).rejects.toThrow('is none that ends by itself');
    expect([written, lines]).toEqual([[], []]);
  });

  it.each([
    ['without an end', `Bert migrates (by ${BERT}, ${iso(NOW)})`, 'without an end'],
    ['with a later end', `Bert migrates (by ${BERT}, ${iso(NOW)}) [until ${iso(NOW + 3 * HOUR)}]`, 'until 2026-11-02 13:20:00Z'],
    ['that is empty', '', 'without an end'],
  ])('does not take the place of one %s, and says whose that is', async (_, before, until) => {
    values = [before];
    const refused = paused(2 * HOUR);
    await expect(refused).rejects.toThrow(`paused already, and for longer, ${until}`);
    if (before !== '') await expect(refused).rejects.toThrow('Bert migrates (by arn:aws:sts::111122223333:assumed-role/ops/bert');
    await expect(refused).rejects.toMatchObject({ next: expect.stringContaining('"self-healing-pipeline resume"') });
    expect([written, lines]).toEqual([[], []]);
  });

  it.each([
    ['a shorter one', HOUR, 2 * HOUR],
    ['one that is over', -HOUR, 2 * HOUR],
    ['one with an end, having none itself', HOUR, undefined],
  ])('takes the place of %s, and says so where that paused', async (_, end, lasting) => {
    values = [`Bert migrates (by ${BERT}, ${iso(NOW - 2 * HOUR)}) [until ${iso(NOW + end)}]`];
    const { text, data } = await paused(lasting);
    const before = end < 0 ? {} : { before: expect.stringContaining('Bert migrates') };
    const until = lasting === undefined ? null : iso(NOW + lasting);
    expect(data).toEqual({ paused: written.at(-1), until, ...before, unrecorded: null, clockIsWrong: false });
    expect(text.includes('Bert migrates')).toBe(end > 0);
  });

  it('puts back a longer one that was set at the same moment', async () => {
    const longer = `Bert migrates (by ${BERT}, ${iso(NOW)})`;
    const { set } = operator.pause;
    const between = {
      ...operator.pause,
      async set(value: string) {
        if (!values.includes(longer)) values.push(longer);
        await set(value);
      },
    };
    await expect(pause({ ...operator, pause: between }, 'database work', HOUR, NOW, plainScreen())).rejects.toThrow('Bert migrates');
    expect(values.at(-1)).toBe(longer);
  });

  it('leaves alone what was set after it', async () => {
    const { set } = operator.pause;
    const after = { ...operator.pause, set: (value: string) => set(value).then(() => void values.push('Bert migrates')) };
    clockOfAws = NOW + HOUR;
    await pause({ ...operator, pause: after }, 'database work', HOUR, NOW, plainScreen());
    expect(values.at(-1)).toBe('Bert migrates');
    expect(written).toHaveLength(1);
  });

  it('without an end is set where the switch cannot be read, too', async () => {
    const unread = { ...operator.pause, history: () => Promise.reject(new Error('Throttling')) };
    await pause({ ...operator, pause: unread }, 'database work', undefined, NOW, plainScreen());
    expect(written).toHaveLength(1);
    await expect(pause({ ...operator, pause: unread }, 'database work', HOUR, NOW, plainScreen())).rejects.toThrow('Throttling');
  });

  it('without a reason is refused', async () => {
    await expect(paused(HOUR, ' ')).rejects.toThrow('a pause needs a reason');
  });
});

describe('moments that an action tells', () => {
  const tokyo = screenOf({ out: { write: () => true }, errors: { write: () => true }, zone: 'Asia/Tokyo' });
  const set = `${ANNA}, 2026-11-02 19:20:00+09:00`;

  it('are those of the zone of its reader, whoever wrote them', async () => {
    values = ['running'];
    expect((await pause(operator, 'database work', HOUR, NOW, tokyo)).text).toContain(`${set}) [until 2026-11-02 20:20:00+09:00]`);
    expect((await resume(operator, NOW, tokyo)).text).toContain(`Before: the pause switch says: database work (by ${set})`);
    override = { mode: 'shadow', why: `it failed at ${iso(NOW)}`, at: NOW, by: BERT };
    expect((await promote(operator, POLICY, NOW, tokyo)).text).toContain('because it failed at 2026-11-02 19:20:00+09:00');
  });
});

describe('a demotion', () => {
  const demoted = (mode: 'shadow' | 'approval', at = NOW) => demote(operator, POLICY, mode, 'it acts too often', at, plainScreen());

  it('says what it is now, and how that is taken back', async () => {
    const { text, data } = await demoted('approval');
    expect(data).toEqual({ policy: POLICY, mode: 'approval', changed: true, unrecorded: null });
    expect(text).toBe(`Policy ${POLICY} is approval until "self-healing-pipeline promote ${POLICY}": it acts too often`);
  });

  it.each(['shadow', 'approval'] as const)('to approval leaves one to %s as it is, and says whose that is', async (mode) => {
    override = { mode, why: 'never again', at: NOW - HOUR, by: BERT };
    const { text, data } = await demoted('approval');
    expect(override.why).toBe('never again');
    expect(data).toEqual({ policy: POLICY, mode, changed: false, unrecorded: null });
    expect(text).toContain(`Policy ${POLICY} is ${mode} already`);
    expect(text).toContain('which bert set at 2026-11-02 09:20:00Z: never again\nNothing was changed.');
    expect(lines).toEqual([]);
  });

  it('to shadow takes the place of one to approval', async () => {
    override = { mode: 'approval', why: 'a failure', at: NOW - HOUR, by: 'self-healing' };
    const { text, data } = await demoted('shadow');
    expect(data).toMatchObject({ mode: 'shadow' });
    expect(text).toContain('Before: approval (self-healing): a failure');
  });

  it('says so where somebody was faster with a stricter one', async () => {
    const modes = {
      ...operator.modes,
      async demote() {
        override = { mode: 'shadow', why: 'never again', at: NOW, by: BERT };
      },
    };
    const { text } = await demote({ ...operator, modes }, POLICY, 'approval', 'too often', NOW, plainScreen());
    expect(text).toContain('is shadow already');
  });

  it('that is not there afterwards is a failure', async () => {
    const modes = { ...operator.modes, demote: async () => {} };
    await expect(demote({ ...operator, modes }, POLICY, 'approval', 'too often', NOW, plainScreen())).rejects.toThrow(
      `policy ${POLICY} is automatic: somebody promoted it at the same time`,
    );
  });

  it('to shadow takes the place of one that cannot be read, and one to approval does not', async () => {
    const unreadable = overrideIn({});
    const modes = {
      ...operator.modes,
      async demote(_: string, wanted: ModeOverride) {
        if (wanted.mode === 'shadow') override = wanted;
      },
    };
    override = unreadable;
    const kept = await demote({ ...operator, modes }, POLICY, 'approval', 'too often', NOW, plainScreen());
    expect(kept.data).toMatchObject({ mode: 'shadow', changed: false });
    expect(kept.text).toContain('which (unknown) set at (unknown): it is not known why');
    const replaced = await demote({ ...operator, modes }, POLICY, 'shadow', 'too often', NOW, plainScreen());
    expect(replaced.data).toMatchObject({ mode: 'shadow', changed: true });
    expect(override).toMatchObject({ by: ANNA, why: 'too often' });
  });
});

describe('a breaker that somebody holds', () => {
  it('stays with who held it first, of whom the second one hears', async () => {
    await holdBreaker({ ...operator, caller: async () => ({ userId: 'B', arn: BERT }) }, POLICY, 'a release', NOW - HOUR, plainScreen());
    const { text, data } = await holdBreaker(operator, POLICY, 'nightly work', NOW, plainScreen());
    expect(breaker).toMatchObject({ state: 'isolated', by: BERT, why: 'a release' });
    expect(text).toContain('bert has held it since 2026-11-02 09:20:00Z, which stays so: a release');
    expect(data).toMatchObject({ changed: false });
    expect(lines.at(-1)?.text).toContain('nightly work');
  });
});

describe.each(['', ' '])('a reason that is "%s"', (reason) => {
  it.each([
    ['demote', () => demote(operator, POLICY, 'shadow', reason, NOW, plainScreen())],
    ['hold-breaker', () => holdBreaker(operator, POLICY, reason, NOW, plainScreen())],
    ['pause', () => pause(operator, reason, undefined, NOW, plainScreen())],
  ])('is none for %s', async (name, perform) => {
    await expect(perform()).rejects.toThrow('needs a reason');
    await expect(perform()).rejects.toMatchObject({ next: expect.stringContaining(`self-healing-pipeline ${name} `) });
    expect(done).toEqual([]);
  });
});

describe('a resume where the hub pauses, too', () => {
  it('ends only the own pause, and says so', async () => {
    const hubPause = async () => ({ value: 'a bad release', at: NOW, sequence: 2, by: ANNA });
    const { text, data } = await resume({ ...operator, hubPause }, NOW, plainScreen());
    const stillPaused = "the hub's pause switch says: a bad release";
    expect(data).toEqual({ resumed: true, before: 'the pause switch says: noon', stillPaused });
    expect((await resume({ ...operator, hubPause }, NOW, plainScreen())).data).toEqual({ resumed: false, stillPaused });
    expect(text).toContain('The own pause of pipeline healing is over.');
    expect(text).toContain("The hub still pauses it, which only the hub ends: the hub's pause switch says: a bad release");
  });
});

describe('the data of an action', () => {
  it.each([
    ['pause', () => pause(operator, 'a migration', undefined, NOW, plainScreen())],
    ['demote', () => demote(operator, POLICY, 'shadow', 'it flaps', NOW, plainScreen())],
    ['hold-breaker', () => holdBreaker(operator, POLICY, 'a release', NOW, plainScreen())],
  ])('of %s says whether the history has it, as the text does', async (_, perform) => {
    expect((await perform()).data).toMatchObject({ unrecorded: null });
    [values, override, breaker, refuses] = [['running'], undefined, closedBreaker, 'history'];
    const { data, text } = await perform();
    const { unrecorded } = data as { readonly unrecorded: string };
    expect(text).toContain(`It is NOT in the history: ${unrecorded}`);
    expect(unrecorded).not.toBe('');
  });

  it('of a pause says whether the clock of this machine is wrong', async () => {
    values = ['running'];
    expect((await pause(operator, 'a migration', HOUR, NOW, plainScreen())).data).toMatchObject({ clockIsWrong: false });
    [values, clockOfAws] = [['running'], NOW + HOUR];
    expect((await pause(operator, 'a migration', HOUR, NOW, plainScreen())).data).toMatchObject({ clockIsWrong: true });
    clockOfAws = NOW;
  });

  it('of a resume has nothing that pauses it where nothing does', async () => {
    expect((await resume(operator, NOW, plainScreen())).data).toMatchObject({ stillPaused: null });
  });
});

describe('what the history says of actions', () => {
  it('stands in the account of a policy, and beside the incident that it bears on', async () => {
    await demote(operator, POLICY, 'shadow', 'a drill', NOW, plainScreen());
    expect((await why(operator, POLICY, 0, plainScreen())).text).toContain('makes the policy stricter: to shadow: a drill');
    lines.push(incidentLine('outcome', anIncident(), 'restarted', NOW + 1, { outcome: 'recovered', reason: 'healed' }));
    const { text } = await why(operator, POLICY, 0, plainScreen());
    expect(text).toContain('healed: The symptom is gone');
    expect(text).toContain('makes the policy stricter: to shadow: a drill');
  });

  it('is believed of actions alone: no line that operators write passes for one of the pipeline', () => {
    const forged = incidentLine('outcome', anIncident(), 'recovered', NOW, { outcome: 'recovered', reason: 'healed' });
    expect(believable(forged, 'operators/2026-11-02')).toMatchObject({ kind: 'operator', text: 'recovered' });
    expect(believable(forged, 'operators/2026-11-02')).not.toHaveProperty('outcome');
    expect(believable(forged, 'conclude/2026-11-02')).toEqual(forged);
  });
});
