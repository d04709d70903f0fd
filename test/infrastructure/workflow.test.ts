import { describe, expect, it } from 'vitest';
import { healingDefinition } from '../../lib/healing-definition.ts';
import { inText, onlyResource } from '../support/template.ts';

interface State {
  readonly Type: string;
  readonly Next?: string;
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

describe('the workflow', () => {
  it('is the one that the definition describes, with a state for each remedy in use', () => {
    expect(tasks.map(([name]) => name).toSorted()).toEqual([
      'Conclude',
      'Remediate: add-capacity',
      'Remediate: clear-caches',
      'Remediate: fail-over-database',
      'Remediate: move-instance',
      'Remediate: reboot-database',
      'Remediate: replace-instance',
      'Remediate: restart-instance',
      'Remediate: restart-service',
      'Remediate: wait-and-see',
      'Triage',
      'Verify',
    ]);
  });

  it.each(tasks.filter(([name]) => name !== 'Conclude'))('ends in Conclude when %s fails in any way', (_, state) => {
    expect(state.Catch).toMatchObject([{ ErrorEquals: ['States.ALL'], Next: 'Conclude' }]);
  });

  it('has nothing but tasks, the choice and the two waits, so that nothing else can fail', () => {
    expect(states.filter(([, { Type }]) => Type !== 'Task').map(([name, { Type }]) => [name, Type])).toEqual([
      ['Route', 'Choice'],
      ['Hold', 'Wait'],
      ['Settle', 'Wait'],
    ]);
  });

  it('concludes when a step answers something that no choice knows', () => {
    expect(deployed.States.Route?.Default).toBe('Conclude');
  });

  it.each(tasks)('bounds the time of %s and repeats it', (_, state) => {
    expect(state.TimeoutSeconds).toBeLessThanOrEqual(90);
    expect(state.Retry?.at(-1)).toMatchObject({ ErrorEquals: ['States.ALL'] });
  });

  it.each(tasks.filter(([name]) => name !== 'Conclude'))('does not repeat %s after a defect', (_, state) => {
    expect(state.Retry?.[0]).toEqual({ ErrorEquals: ['Defect'], MaxAttempts: 0 });
  });

  it('repeats Conclude even after a defect, since silence is no end', () => {
    expect(deployed.States.Conclude?.Retry).toHaveLength(1);
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

  it('is over within a day', () => {
    expect(deployed.TimeoutSeconds).toBe(86_400);
  });

  it('writes all of its history to a log', () => {
    expect(onlyResource('AWS::StepFunctions::StateMachine').Properties.LoggingConfiguration).toMatchObject({
      Level: 'ALL',
      IncludeExecutionData: true,
    });
  });

  it('is still whole without any remedy', () => {
    expect(healingDefinition({ triage: 't', verify: 'v', conclude: 'c', remedies: {} })).toMatchObject({ StartAt: 'Triage' });
  });
});
