import { describe, expect, it } from 'vitest';
import { MINUTE, NOW, SECOND } from '../../builders.ts';
import { type Execution, inputOf } from '../../state-machine/execution.ts';
import type { Resources } from '../../state-machine/resources.ts';
import { StateMachine } from '../../state-machine/state-machine.ts';
import { StatesError } from '../../state-machine/states-error.ts';
import { VirtualClock } from '../../virtual-clock.ts';

type Call = Resources['call'];

/** Runs one execution of the states, of which the first is where it starts. */
async function run(states: Record<string, object>, input: unknown = {}, call: Call = async () => ({}), top: object = {}) {
  const { machine, clock } = load(states, call, top);
  machine.start('one', input);
  await clock.run();
  return executionOf(machine);
}

function load(states: Record<string, object>, call: Call = async () => ({}), top: object = {}) {
  const clock = new VirtualClock(NOW);
  const definition = JSON.stringify({ StartAt: Object.keys(states)[0], States: states, ...top });
  return { clock, machine: new StateMachine(definition, clock, { call, jitter: () => 0.5 }) };
}

describe('what executions have alike', () => {
  it('is kept once, and nobody can change it', () => {
    const clock = new VirtualClock(NOW);
    const definition = JSON.stringify({ StartAt: 'Done', States: { Done: { Type: 'Succeed' } } });
    const machine = new StateMachine(definition, clock, { call: async () => ({}), jitter: () => 0.5, alike: ['policy'] });
    for (const name of ['one', 'two', 'other'])
      machine.start(name, { incident: name, policy: { name: name === 'other' ? 'B' : 'A', ladder: [1] } });
    const [one, two, other] = ['one', 'two', 'other'].map(
      (name) => machine.executions.get(name)?.input as { incident: string; policy: { ladder: number[] } },
    );
    expect(two).toEqual({ incident: 'two', policy: { name: 'A', ladder: [1] } });
    expect(one?.policy).toBe(two?.policy);
    expect(other?.policy).not.toBe(one?.policy);
    expect(() => one?.policy.ladder.push(2)).toThrow();
  });
});

describe('what a state was given', () => {
  const states = { First: task({ Next: 'Second', End: undefined }), Second: task() };
  const played = async (call: Call, forgetsData: boolean) => {
    const clock = new VirtualClock(NOW);
    const definition = JSON.stringify({ StartAt: 'First', States: states });
    const machine = new StateMachine(definition, clock, { call, jitter: () => 0.5, forgetsData });
    machine.start('one', { given: 1 });
    await clock.run();
    return executionOf(machine);
  };

  it('is known by the state', async () => {
    const execution = await played(failing('Boom', 0), false);
    expect(['First', 'Second', 'Third'].map((state) => inputOf(execution, state))).toEqual([{ given: 1 }, { invocation: 1 }, undefined]);
  });

  it('is forgotten of an execution that succeeded, if asked for, and not of one that failed', async () => {
    const [succeeded, failed] = [await played(failing('Boom', 0), true), await played(failing('Boom'), true)];
    expect(succeeded.visits.map(({ state, input }) => [state, input])).toEqual([
      ['First', undefined],
      ['Second', undefined],
    ]);
    expect(inputOf(failed, 'First')).toEqual({ given: 1 });
  });
});

function executionOf(machine: StateMachine): Execution {
  const execution = machine.executions.get('one');
  if (!execution) throw new Error('no execution');
  return execution;
}

const end = { Type: 'Succeed' };
const task = (more: object = {}) => ({ Type: 'Task', Resource: 'work', End: true, ...more });
const failing =
  (error: string, times = Number.POSITIVE_INFINITY): Call =>
  async (_resource, _input, { invocation }) => {
    if (invocation <= times) throw new StatesError(error, 'as asked');
    return { invocation };
  };

describe('a task', () => {
  it.each([
    ['replaces the data', {}, { answer: 1 }],
    ['is put at its ResultPath', { ResultPath: '$.a.b' }, { given: 2, a: { b: { answer: 1 } } }],
    ['is left out', { ResultPath: null }, { given: 2 }],
    ['is selected from', { ResultSelector: { 'only.$': '$.answer' } }, { only: 1 }],
  ])('%s', async (_, more, output) => {
    expect(await run({ Work: task(more) }, { given: 2 }, async () => ({ answer: 1 }))).toMatchObject({ status: 'SUCCEEDED', output });
  });

  it('gets its parameters from the data and the context', async () => {
    const seen: unknown[] = [];
    const Parameters = { fixed: [1, { 'x.$': '$.list[1]' }], 'name.$': '$$.Execution.Name', 'state.$': '$$.State.Name' };
    await run({ Work: task({ Parameters }) }, { list: [5, 6] }, async (_, input) => seen.push(input));
    expect(seen).toEqual([{ fixed: [1, { x: 6 }], name: 'one', state: 'Work' }]);
  });

  it('gets and gives data as JSON has them, which no function can change for another', async () => {
    const call: Call = async (_, input) => {
      expect(() => Object.assign((input as { given: object }).given, { changed: true })).toThrow(TypeError);
      return { at: new Date(0), nothing: undefined };
    };
    const { input, output } = await run({ Work: task() }, { given: {} }, call);
    expect(input).toEqual({ given: {} });
    expect(output).toEqual({ at: '1970-01-01T00:00:00.000Z' });
  });

  it('that fails fails the execution by the name of its error', async () => {
    const call: Call = async () => {
      throw new RangeError('too far');
    };
    expect(await run({ Work: task() }, {}, call)).toMatchObject({
      status: 'FAILED',
      error: 'RangeError',
      cause: expect.stringContaining('too far'),
    });
  });

  it('that takes too long fails with States.Timeout, and its late answer is not heard', async () => {
    const { machine, clock } = load({ Work: task({ TimeoutSeconds: 30 }) }, async () => clock.sleep(MINUTE).then(() => ({})));
    machine.start('one', {});
    await clock.run();
    expect(executionOf(machine)).toMatchObject({ status: 'FAILED', error: 'States.Timeout', endedAt: NOW + 30 * SECOND });
  });
});

describe('retrying', () => {
  const times = (execution: Execution) => execution.visits.map(({ at }) => (at - NOW) / SECOND);

  it('waits longer each time, up to a limit, and so many times', async () => {
    const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2, BackoffRate: 3, MaxDelaySeconds: 10, MaxAttempts: 3 }];
    expect(times(await run({ Work: task({ Retry }) }, {}, failing('Boom')))).toEqual([0, 2, 8, 18]);
  });

  it('has the defaults of the language: three times after 1, 2 and 4 seconds', async () => {
    expect(times(await run({ Work: task({ Retry: [{ ErrorEquals: ['Boom'] }] }) }, {}, failing('Boom')))).toEqual([0, 1, 3, 7]);
  });

  it('waits a random part of the time with full jitter', async () => {
    const Retry = [{ ErrorEquals: ['Boom'], MaxAttempts: 1, IntervalSeconds: 8, JitterStrategy: 'FULL' }];
    expect(times(await run({ Work: task({ Retry }) }, {}, failing('Boom')))).toEqual([0, 4]);
  });

  it('goes by the first retrier that means the error, and each counts its own', async () => {
    const Retry = [
      { ErrorEquals: ['Never'], MaxAttempts: 0 },
      { ErrorEquals: ['Odd'], MaxAttempts: 2, IntervalSeconds: 1, BackoffRate: 1 },
      { ErrorEquals: ['States.ALL'], MaxAttempts: 2, IntervalSeconds: 10, BackoffRate: 1 },
    ];
    expect(times(await run({ Work: task({ Retry }) }, {}, failing('Never')))).toEqual([0]);
    const alternating: Call = async (_, __, { invocation }) => {
      throw new StatesError(invocation % 2 === 1 ? 'Odd' : 'Even', '');
    };
    expect(times(await run({ Work: task({ Retry }) }, {}, alternating))).toEqual([0, 1, 11, 12, 22]);
  });

  it.each([
    ['States.TaskFailed', 'Boom', 2],
    ['States.TaskFailed', 'States.Timeout', 1],
    ['States.ALL', 'States.Timeout', 2],
    ['States.ALL', 'States.Runtime', 1],
  ])('of %s with %s: %i tries', async (list, error, tries) => {
    const Retry = [{ ErrorEquals: [list], MaxAttempts: 1 }];
    expect((await run({ Work: task({ Retry }) }, {}, failing(error))).visits).toHaveLength(tries);
  });

  it('ends with the first success', async () => {
    const execution = await run({ Work: task({ Retry: [{ ErrorEquals: ['Boom'] }] }) }, {}, failing('Boom', 2));
    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: { invocation: 3 } });
    expect(execution.visits.map(({ retry }) => retry)).toEqual([false, true, true]);
  });
});

describe('catching', () => {
  const Catch = [
    { ErrorEquals: ['Other'], Next: 'Nowhere' },
    { ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Done' },
  ];

  it('leads to the state of the first catcher that means the error, with the error beside the data', async () => {
    const execution = await run({ Work: task({ Catch }), Nowhere: { Type: 'Fail' }, Done: end }, { kept: 1 }, failing('Boom'));
    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: { kept: 1, error: { Error: 'Boom', Cause: 'as asked' } } });
  });

  it('comes after the retries', async () => {
    const Retry = [{ ErrorEquals: ['Boom'], MaxAttempts: 1 }];
    const execution = await run({ Work: task({ Retry, Catch }), Nowhere: end, Done: end }, {}, failing('Boom'));
    expect(execution.visits.map(({ state }) => state)).toEqual(['Work', 'Work', 'Done']);
  });
});

describe('choosing', () => {
  const choose = async (rule: object, input: unknown) => {
    const Choices = [{ ...rule, Next: 'Yes' }];
    const execution = await run({ Which: { Type: 'Choice', Choices, Default: 'No' }, Yes: end, No: { Type: 'Fail' } }, input);
    return execution.error === 'States.Runtime' ? 'error' : execution.status === 'SUCCEEDED';
  };

  it.each([
    [{ Variable: '$.a', StringEquals: 'x' }, { a: 'x' }, true],
    [{ Variable: '$.a', StringEquals: '1' }, { a: 1 }, false],
    [{ Variable: '$.a', StringEquals: 'x' }, {}, 'error'],
    [{ Variable: '$.a', StringMatches: 'log-*.txt' }, { a: 'log-a.b.txt' }, true],
    [{ Variable: '$.a', StringMatches: 'log-*.txt' }, { a: 'log-atxt' }, false],
    [{ Variable: '$.a', NumericGreaterThan: 3 }, { a: 4 }, true],
    [{ Variable: '$.a', NumericLessThanEqualsPath: '$.b' }, { a: 4, b: 4 }, true],
    [{ Variable: '$.a', BooleanEquals: true }, { a: false }, false],
    [{ Variable: '$.a', TimestampLessThan: '2026-01-02T00:00:00Z' }, { a: '2026-01-01T23:00:00-02:00' }, false],
    [{ Variable: '$.a', IsPresent: true }, {}, false],
    [{ Variable: '$.a', IsPresent: false }, {}, true],
    [{ Variable: '$.a', IsNull: true }, { a: null }, true],
    [{ Variable: '$.a', IsString: true }, { a: 1 }, false],
    [
      {
        And: [
          { Variable: '$.a', IsPresent: true },
          { Variable: '$.a', StringEquals: 'x' },
        ],
      },
      {},
      false,
    ],
    [
      {
        Or: [
          { Variable: '$.a', IsPresent: false },
          { Variable: '$.a', StringEquals: 'x' },
        ],
      },
      {},
      true,
    ],
    [{ Not: { Variable: '$.a', StringEquals: 'x' } }, { a: 'y' }, true],
  ])('%j of %j: %s', async (rule, input, answer) => {
    expect(await choose(rule, input)).toBe(answer);
  });

  it('goes by the first rule that holds, and fails the execution when none does', async () => {
    const rule = (value: string, Next: string) => ({ Variable: '$.a', StringEquals: value, Next });
    const Choices = [rule('x', 'First'), rule('x', 'Second'), rule('y', 'Second')];
    const states = { Which: { Type: 'Choice', Choices }, First: end, Second: end };
    expect((await run(states, { a: 'x' })).visits.at(-1)?.state).toBe('First');
    expect(await run(states, { a: 'z' })).toMatchObject({ status: 'FAILED', error: 'States.NoChoiceMatched' });
  });
});

describe('waiting', () => {
  it.each([
    [{ Seconds: 5 }, 5],
    [{ SecondsPath: '$.long' }, 7],
    [{ TimestampPath: '$.until' }, 60],
    [{ TimestampPath: '$.past' }, 0],
  ])('%j', async (wait, seconds) => {
    const input = { long: 7, until: new Date(NOW + MINUTE).toISOString(), past: new Date(NOW - MINUTE).toISOString() };
    expect((await run({ Hold: { Type: 'Wait', ...wait, Next: 'Done' }, Done: end }, input)).endedAt).toBe(NOW + seconds * SECOND);
  });

  it('ends with the time of the execution', async () => {
    const execution = await run({ Hold: { Type: 'Wait', Seconds: 100, End: true } }, {}, undefined, { TimeoutSeconds: 60 });
    expect(execution).toMatchObject({ status: 'TIMED_OUT', endedAt: NOW + MINUTE });
  });
});

describe('passing and failing', () => {
  it('puts a fixed result', async () => {
    const execution = await run({ Say: { Type: 'Pass', Result: { no: 1 }, ResultPath: '$.said', End: true } }, { kept: 2 });
    expect(execution.output).toEqual({ kept: 2, said: { no: 1 } });
  });

  it('fails by name', async () => {
    expect(await run({ No: { Type: 'Fail', Error: 'Denied', Cause: 'by hand' } })).toMatchObject({
      status: 'FAILED',
      error: 'Denied',
      cause: 'by hand',
    });
  });
});

describe('a task that waits for its token', () => {
  const Ask = {
    Ask: {
      Type: 'Task',
      Resource: 'arn:aws:states:::sns:publish.waitForTaskToken',
      Parameters: { 'token.$': '$$.Task.Token' },
      TimeoutSeconds: 600,
      End: true,
    },
  };
  const asked = () => {
    const tokens: string[] = [];
    const loaded = load(Ask, async (_, input) => void tokens.push((input as { token: string }).token));
    loaded.machine.start('one', {});
    return { ...loaded, tokens };
  };

  it('goes on with what is answered', async () => {
    const { machine, clock, tokens } = asked();
    await clock.run(NOW + MINUTE);
    expect(machine.sendTaskSuccess(tokens[0] ?? '', { approved: true })).toBe(true);
    await clock.run();
    expect(executionOf(machine)).toMatchObject({ status: 'SUCCEEDED', output: { approved: true }, endedAt: NOW });
    expect(machine.sendTaskSuccess(tokens[0] ?? '', {})).toBe(false);
  });

  it('fails with what is answered', async () => {
    const { machine, clock, tokens } = asked();
    await clock.run(NOW + MINUTE);
    machine.sendTaskFailure(tokens[0] ?? '', 'Denied', 'not at noon');
    await clock.run();
    expect(executionOf(machine)).toMatchObject({ status: 'FAILED', error: 'Denied', cause: 'not at noon' });
  });

  it('times out unanswered, and an answer after that is too late', async () => {
    const { machine, clock, tokens } = asked();
    await clock.run();
    expect(executionOf(machine)).toMatchObject({ status: 'FAILED', error: 'States.Timeout', endedAt: NOW + 600 * SECOND });
    expect(machine.sendTaskSuccess(tokens[0] ?? '', {})).toBe(false);
  });
});

describe('starting', () => {
  it('meets the running execution with the same input, and refuses a used name otherwise', async () => {
    const { machine, clock } = load({ Hold: { Type: 'Wait', Seconds: 10, End: true } });
    expect(machine.start('one', { a: 1 })).toBe('started');
    expect(machine.start('one', { a: 1 })).toBe('started');
    expect(machine.start('one', { a: 2 })).toBe('known');
    await clock.run();
    expect(machine.start('one', { a: 1 })).toBe('known');
    expect(machine.executions.size).toBe(1);
  });
});

describe('what it does not know it refuses to load', () => {
  it.each([
    ['a kind of state', { Many: { Type: 'Map', End: true } }],
    ['a field', { Work: task({ HeartbeatSeconds: 5 }) }],
    ['a field of a retrier', { Work: task({ Retry: [{ ErrorEquals: ['x'], Pause: 1 }] }) }],
    ['an operator', { Which: { Type: 'Choice', Choices: [{ Variable: '$.a', StringSounds: 'x', Next: 'Which' }] } }],
    ['an operator inside of another', { Which: { Type: 'Choice', Choices: [{ And: [{ Variable: '$.a', Maybe: 1 }], Next: 'Which' }] } }],
    ['a state that leads nowhere', { Hold: { Type: 'Wait', Seconds: 1 } }],
    ['a state that is not there', { Hold: { Type: 'Wait', Seconds: 1, Next: 'Gone' } }],
  ])('%s', (_, states) => {
    expect(() => load(states as Record<string, object>)).toThrow();
  });

  it('another query language', () => {
    expect(() => load({ Done: end }, undefined, { QueryLanguage: 'JSONata' })).toThrow();
  });
});
