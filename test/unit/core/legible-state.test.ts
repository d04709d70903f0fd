import { anIncident, aPolicy, aRung, aState, climbing, NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { legibleState } from '../../../lambdas/core/legible-state.ts';
import { conclude } from '../../../lambdas/core/next.ts';
import { policySchema } from '../../../lambdas/core/policy.ts';
import { endFor } from '../../../lambdas/core/reasons.ts';

const read = (value: unknown, id?: string) => legibleState(value, { now: NOW, ...(id !== undefined && { id }) });
const travelled = (value: unknown) => JSON.parse(JSON.stringify(value));

describe('the state of a workflow', () => {
  it('of this version is read as it is', () => {
    const state = aState({ next: climbing(), error: { Error: 'TryAgain', Cause: 'throttled' } });
    expect(read(travelled(state))).toEqual(state);
  });

  it('keeps everything of the policy that can be read, and the place of each rung', () => {
    const policy = aPolicy({ ladder: [aRung(), aRung({ remedy: 'replace-instance' })], runbook: 'https://example.com/memory' });
    const other = {
      ...policy,
      mode: 'by committee',
      ladder: [{ remedy: 'pray', until: 'dawn' }, policy.ladder[1]],
      guardrails: { cooldown: 'long', ...{} },
    };
    const state = read(travelled({ incident: anIncident(), policy: other }));
    expect(state?.policy).toMatchObject({
      name: policy.name,
      group: policy.group,
      seen: policy.seen,
      runbook: policy.runbook,
      mode: 'shadow',
    });
    expect(state?.policy.ladder.map(({ remedy }) => remedy)).toEqual(['pray', 'replace-instance']);
    expect(policySchema.safeParse(state?.policy).success).toBe(true);
  });

  it.each([[undefined], [null], ['text'], [[]], [{ group: { kind: 'galaxy' } }], [{ ladder: 'none', guardrails: [] }]])(
    'with the policy %j has one by which the incident can end, and none that acts',
    (policy) => {
      const state = read(travelled({ incident: anIncident(), policy }));
      expect(state).toMatchObject({ incident: anIncident(), policy: { name: 'Web-memory', mode: 'shadow' } });
      expect(state?.policy.ladder).toEqual([]);
    },
  );

  it('has the incident of the execution that it is of, however little else it says', () => {
    const { target } = anIncident();
    expect(read({ incident: { target } }, 'f'.repeat(64))).toMatchObject({ incident: { id: 'f'.repeat(64), target, openedAt: NOW } });
  });

  it.each([[undefined], [{}], [{ incident: { ...anIncident(), target: { kind: 'galaxy', id: 'andromeda' } } }]])(
    'that names no target that this version knows, such as %j, cannot be ended as an incident of one',
    (value) => {
      expect(read(value, 'f'.repeat(64))).toBeUndefined();
    },
  );

  it('ends for people where it was to do what this version does not know', () => {
    const { next } = read(travelled({ ...aState(), next: { do: 'consult', oracle: 'Delphi' } })) ?? {};
    expect(next).toMatchObject({ do: 'conclude', end: { outcome: 'handed-off', reason: 'unexpected-error' } });
  });

  it('ends for people, in its own words, where it ended for a reason that this version does not know', () => {
    const end = { outcome: 'skipped', reason: 'eclipse', why: 'the sun was gone' };
    const { next } = read(travelled({ ...aState(), next: { do: 'conclude', end } })) ?? {};
    expect(next).toMatchObject({ do: 'conclude', end: { outcome: 'handed-off', reason: 'unexpected-error' } });
    expect(JSON.stringify(next)).toContain('it ended as skipped, eclipse, the sun was gone');
  });

  it('ends as it was to end, though its policy is of another version', () => {
    const next = conclude(endFor('healed', 'alarm is OK', 1));
    expect(read(travelled({ ...aState(), policy: { name: 'Web-memory', version: 9 }, next }))?.next).toEqual(next);
  });

  it('tells of what is still to be given back, where it cannot be read how', () => {
    const keeping = { rung: 1, below: [0], since: NOW - 1, why: 'later' };
    const { next } = read(travelled({ ...aState(), next: { do: 'lend', keeping } })) ?? {};
    expect(next).toMatchObject({ do: 'report-give-back', keeping: { rung: 1, below: [0], since: NOW - 1 }, result: { reason: 'failed' } });
  });

  it('keeps the error of a step, and leaves out one that it cannot read', () => {
    const policy = { name: 'Web-memory' };
    const error = { Error: 'Defect', Cause: 'not a workflow state' };
    expect(read({ incident: anIncident(), policy, error })?.error).toEqual(error);
    expect(read({ incident: anIncident(), policy, error: { Error: 7 } })?.error).toBeUndefined();
  });
});
