import { choiceRuleSchema, holds } from '@self-healing/simulation/state-machine/choice-rule.ts';
import { describe, expect, it } from 'vitest';
import { healingDefinition } from '../../lib/healing-definition.ts';
import { inText, onlyResource } from '../support/template.ts';

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Resource?: string;
  readonly Parameters?: { readonly FunctionName?: string };
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[]; readonly MaxAttempts: number }[];
  readonly TimeoutSeconds?: number;
}

const deployed = JSON.parse(inText(onlyResource('AWS::StepFunctions::StateMachine').Properties.DefinitionString)) as {
  StartAt: string;
  TimeoutSeconds: number;
  States: Record<string, State>;
};
const states = Object.entries(deployed.States);
const tasks = states.filter(([, state]) => state.Type === 'Task');
const reporters = ['Conclude', 'Report giving back'];
const looks = ['Diagnose', 'Diagnose at database'];
const steps = tasks.filter(([name]) => ![...reporters, ...looks].includes(name));
const repeated = tasks.filter(([name]) => !looks.includes(name));

describe('the workflow', () => {
  it('is the one that the definition describes, with a state for each remedy in use', () => {
    expect(tasks.map(([name]) => name).toSorted()).toEqual([
      'Ask',
      'Conclude',
      'Consider giving back',
      'Diagnose',
      'Give back: add-capacity',
      'Remediate: add-capacity',
      'Remediate: clear-caches',
      'Remediate: fail-over-database',
      'Remediate: move-instance',
      'Remediate: reboot-database',
      'Remediate: replace-instance',
      'Remediate: restart-instance',
      'Remediate: restart-service',
      'Remediate: wait-and-see',
      'Report giving back',
      'Triage',
      'Verify',
    ]);
  });

  it('calls a function of its own in each task, so that no function has to tell which of two steps is meant', () => {
    const called = tasks.map(([, { Resource, Parameters }]) => Parameters?.FunctionName ?? Resource);
    expect(new Set(called).size).toBe(tasks.length);
  });

  it.each(steps)('is reported when %s fails in any way', (name, state) => {
    const reporter = /giving back|Give back/.test(name) ? 'Report giving back' : 'Conclude';
    expect(state.Catch?.slice(-1)).toMatchObject([{ ErrorEquals: ['States.ALL'], Next: reporter }]);
  });

  it('has nothing but tasks, choices, waits and an end, so that nothing else can fail', () => {
    expect(states.filter(([, { Type }]) => Type !== 'Task').map(([name, { Type }]) => [name, Type])).toEqual([
      ['Route', 'Choice'],
      ['Hold', 'Wait'],
      ['Settle', 'Wait'],
      ['After the end', 'Choice'],
      ['Keep', 'Wait'],
      ['Over', 'Succeed'],
    ]);
  });

  it('concludes when a step answers something that no choice knows', () => {
    expect(deployed.States.Route?.Default).toBe('Conclude');
    expect(deployed.States['After the end']?.Default).toBe('Report giving back');
  });

  it.each(repeated.filter(([name]) => name !== 'Ask'))('bounds the time of %s and repeats it', (_, state) => {
    expect(state.TimeoutSeconds).toBeLessThanOrEqual(90);
    expect(state.Retry?.at(-1)).toMatchObject({ ErrorEquals: ['States.ALL'] });
  });

  it.each(repeated)('waits for minutes until %s finds room to run, as in a storm', (_, state) => {
    const retrier = state.Retry?.find(({ ErrorEquals }) => ErrorEquals.includes('Lambda.TooManyRequestsException'));
    expect(retrier).toMatchObject({ MaxAttempts: 16, BackoffRate: 2, MaxDelaySeconds: 60, JitterStrategy: 'FULL' });
  });

  it.each(steps)('does not repeat %s after a defect', (_, state) => {
    expect(state.Retry?.[0]).toMatchObject({ ErrorEquals: expect.arrayContaining(['Defect']), MaxAttempts: 0 });
  });

  describe('where it reads what a hand-off tells', () => {
    const definition = (given: object) =>
      healingDefinition({
        ...{ partition: 'aws', triage: 't', verify: 'v', conclude: 'c', ask: 'a', diagnose: 'd', remedies: {} },
        ...given,
      }) as typeof deployed;
    const stateBefore = (end: object) => {
      const { States } = definition({});
      const { Choices = [] } = States.Route as State;
      return Choices.find((rule) => holds(choiceRuleSchema.parse(rule), { next: { do: 'conclude', end } }))?.Next;
    };

    it('goes there on the way to a hand-off, and to no other end', () => {
      expect(stateBefore({ outcome: 'handed-off' })).toBe('Diagnose');
      expect(stateBefore({ outcome: 'recovered' })).toBe('Conclude');
      expect(stateBefore({ outcome: 'skipped' })).toBe('Conclude');
    });

    it('takes a minute at most in all, and goes on to the hand-off whatever becomes of it', () => {
      const { States } = definition({ diagnoseAtDatabase: 'x' });
      const seen = looks.map((name) => States[name]);
      expect(seen.reduce((sum, look) => sum + (look?.TimeoutSeconds ?? Number.NaN), 0)).toBeLessThanOrEqual(60);
      for (const look of seen) {
        expect(look?.Retry).toBeUndefined();
        expect(look).toMatchObject({ ResultPath: '$.diagnosis' });
        expect(look?.Catch).toEqual([{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: look?.Next }]);
      }
      expect(seen.map((look) => look?.Next)).toEqual(['Has sessions', 'Conclude']);
    });

    it('goes to the database for databases only, and only where there is a login to one', () => {
      const { Choices = [], Default } = definition({ diagnoseAtDatabase: 'x' }).States['Has sessions'] as State;
      const after = (kind: string) =>
        Choices.find((rule) => holds(choiceRuleSchema.parse(rule), { incident: { target: { kind } } }))?.Next ?? Default;
      expect(['instance', 'auto-scaling-group', 'database', 'database-cluster'].map(after)).toEqual([
        'Conclude',
        'Conclude',
        'Diagnose at database',
        'Diagnose at database',
      ]);
      expect(definition({}).States.Diagnose).toMatchObject({ Next: 'Conclude' });
    });
  });

  describe('where it asks people', () => {
    const asks = deployed.States.Ask;

    it('waits as long as triage says, and does not ask again when the time is up', () => {
      expect(asks).toMatchObject({
        Resource: expect.stringContaining(':lambda:invoke.waitForTaskToken'),
        TimeoutSecondsPath: '$.next.seconds',
      });
      expect(asks?.Retry?.[0]).toEqual({ ErrorEquals: ['Defect', 'States.Timeout'], MaxAttempts: 0 });
    });

    it('goes to triage whether it was woken or the time is up, and takes over nothing from whoever woke it', () => {
      expect(asks).toMatchObject({ Next: 'Triage', ResultPath: null });
      expect(asks?.Catch?.[0]).toEqual({ ErrorEquals: ['States.Timeout'], ResultPath: null, Next: 'Triage' });
    });
  });

  it.each(reporters)('repeats %s even after a defect, since silence is no end', (name) => {
    expect(deployed.States[name]?.Retry?.filter(({ MaxAttempts }) => MaxAttempts === 0)).toEqual([]);
  });

  it('leads only to states that there are', () => {
    const next = states.flatMap(([, { Next, Default, Choices = [], Catch = [] }]) => [
      Next,
      Default,
      ...[...Choices, ...Catch].map((each) => each.Next),
    ]);
    expect(next.filter((name) => name !== undefined && !(name in deployed.States))).toEqual([]);
    expect(deployed.States).toHaveProperty(deployed.StartAt);
  });

  it('leads to every state', () => {
    const reached = new Set([deployed.StartAt]);
    for (const name of reached) {
      const { Next, Default, Choices = [], Catch = [] } = deployed.States[name] as State;
      for (const next of [Next, Default, ...[...Choices, ...Catch].map((each) => each.Next)]) if (next) reached.add(next);
    }
    expect(states.map(([name]) => name).filter((name) => !reached.has(name))).toEqual([]);
  });

  it('is over within a day, and two more where a remedy may give back what it added', () => {
    const without = {
      partition: 'aws',
      triage: 't',
      verify: 'v',
      conclude: 'c',
      diagnose: 'd',
      ask: 'a',
      remedies: { 'restart-service': 'r' },
    };
    expect(healingDefinition(without)).toMatchObject({ TimeoutSeconds: 86_400 });
    expect(deployed.TimeoutSeconds).toBe(3 * 86_400);
  });

  it('ends with Conclude where no remedy gives anything back', () => {
    const { States } = healingDefinition({
      partition: 'aws',
      ask: 'a',
      triage: 't',
      verify: 'v',
      conclude: 'c',
      diagnose: 'd',
      remedies: { 'restart-service': 'r' },
    }) as typeof deployed;
    expect(States.Conclude).toMatchObject({ End: true });
    expect(Object.keys(States).toSorted()).toEqual([
      'Ask',
      'Conclude',
      'Diagnose',
      'Hold',
      'Remediate: restart-service',
      'Route',
      'Settle',
      'Triage',
      'Verify',
    ]);
  });

  it('writes all of its history to a log, without the data, which executions keep themselves', () => {
    expect(onlyResource('AWS::StepFunctions::StateMachine').Properties.LoggingConfiguration).toMatchObject({
      Level: 'ALL',
      IncludeExecutionData: false,
    });
  });

  it('is still whole without any remedy', () => {
    expect(
      healingDefinition({ partition: 'aws', triage: 't', verify: 'v', conclude: 'c', diagnose: 'd', ask: 'a', remedies: {} }),
    ).toMatchObject({
      StartAt: 'Triage',
    });
  });
});
