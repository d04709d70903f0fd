import { anIncident, aPolicy, aRung, aState, climbing, INSTANCE_ID, NOW } from '@self-healing/simulation/builders.ts';
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
    const policy = aPolicy({
      ladder: [aRung(), aRung({ remedy: 'replace-instance' }), aRung()],
      runbook: 'https://example.com/memory',
      approval: { within: { minutes: 5 }, approvers: 2 },
      probation: { minutes: 9 },
      proof: { namespace: 'CWAgent', metric: 'uptime', dimensions: {}, within: { minutes: 5 } },
      evidence: { kind: 'status-check', check: 'system' },
      alongside: [],
      keepOutput: false,
      fileSystem: { path: '/', above: 85 },
      service: 'nginx',
    });
    expect(Object.keys(policy).toSorted(), 'everything that a policy can say').toEqual(Object.keys(policySchema.shape).toSorted());
    const other = {
      ...policy,
      mode: 'by committee',
      ladder: [{ remedy: 'pray', until: 'dawn' }, policy.ladder[1], 'hope'],
      guardrails: { ...policy.guardrails, cooldown: 'long', largestFleet: 40 },
    };
    const state = read(travelled({ incident: anIncident(), policy: other }));
    const unreadable = { params: {}, acts: true, settle: { seconds: 0 }, verifyWithin: { minutes: 15 } };
    expect(state?.policy).toStrictEqual({
      ...policy,
      mode: 'shadow',
      ladder: [{ remedy: 'pray', ...unreadable }, policy.ladder[1], { remedy: 'unreadable', ...unreadable }],
      guardrails: { ...policy.guardrails, cooldown: { hours: 2 }, largestFleet: 40 },
    });
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

  it('has a policy of which nothing can be read stand for its target alone, and ask and wait as policies do', () => {
    const { target } = anIncident();
    const { guardrails, ...policy } = read(travelled({ incident: anIncident(), policy: 'lost' }))?.policy ?? {};
    expect(policy).toStrictEqual({
      name: 'Web-memory',
      symptom: 'memory',
      seen: 'memory',
      targets: { kind: 'fixed', target },
      group: { kind: 'single', target },
      ladder: [],
      mode: 'shadow',
      approval: { within: { minutes: 15 }, approvers: 1 },
      demoteAfter: 'never',
      probation: { minutes: 3 },
    });
    expect(guardrails).toMatchObject({ excludeTag: 'SelfHealExclude', lookEvery: { seconds: 30 } });
  });

  it('has the incident of the execution that it is of, however little else it says', () => {
    const { target } = anIncident();
    expect(read({ incident: { target } }, 'f'.repeat(64))?.incident).toStrictEqual({
      id: 'f'.repeat(64),
      policy: 'unreadable',
      symptom: 'unreadable',
      target,
      openedAt: NOW,
      receivedAt: NOW,
      alarmName: 'unreadable',
      reason: '',
    });
  });

  it('keeps everything of the incident that can be read, and takes the names that are missing from its policy', () => {
    const incident = anIncident({
      contributor: { id: 'c', attributes: { InstanceId: INSTANCE_ID } },
      follows: { id: 'b'.repeat(64), reason: 'paused' },
    });
    const { policy: name, symptom, ...rest } = incident;
    expect(read(travelled({ incident: { ...rest, mood: 'bad', openedAt: 'noon' }, policy: { name, symptom } }))?.incident).toStrictEqual({
      ...incident,
      openedAt: incident.receivedAt,
    });
  });

  it('of an incident that nobody names cannot be ended, though its target is known', () => {
    const { target } = anIncident();
    expect(read({ incident: { target } })).toBeUndefined();
  });

  it.each([[undefined], [{}], [{ incident: { ...anIncident(), target: { kind: 'galaxy', id: 'andromeda' } } }]])(
    'that names no target that this version knows, such as %j, cannot be ended as an incident of one',
    (value) => {
      expect(read(value, 'f'.repeat(64))).toBeUndefined();
    },
  );

  /** How it ends, with the words before what the schema says. */
  const ended = (next: unknown) => {
    const read = legibleState(travelled({ ...aState(), next }), { now: NOW })?.next;
    return read?.do === 'conclude' ? { ...read.end, why: read.end.why.replace(/ \(.*\)$/s, '') } : read;
  };
  const unread = 'this version of the pipeline cannot read what another version wrote';

  it.each([
    ['ends for people where it was to do what this version does not know', { do: 'consult', oracle: 'Delphi' }, unread],
    [
      'ends for people, in its own words, where it ended for a reason that this version does not know',
      { do: 'conclude', end: { outcome: 'skipped', reason: 'eclipse', why: 'the sun was gone' } },
      `it ended as skipped, eclipse, the sun was gone; ${unread}`,
    ],
    [
      'tells of an end only what is text and says something',
      { do: 'conclude', end: { outcome: 7, reason: 'eclipse', why: '' } },
      `it ended as eclipse; ${unread}`,
    ],
    [
      'ends for people, in its own words, where it ended by a name that this version does not know',
      { do: 'finish', end: { outcome: 'skipped', reason: 'eclipse' } },
      `it ended as skipped, eclipse; ${unread}`,
    ],
    ['ends for people where its end is lost', { do: 'conclude', end: null }, unread],
    ['ends for people where its next step is no step', 'onwards', unread],
  ])('%s', (_, next, why) => {
    expect(ended(next)).toEqual({ outcome: 'handed-off', reason: 'unexpected-error', why });
  });

  it('says what of it this version cannot read', () => {
    const { next } = read(travelled({ ...aState(), next: { do: 'consult' } })) ?? {};
    expect(next?.do === 'conclude' && next.end.why).toMatch(/^this version .* wrote \(next\.do: /);
  });

  it('has no next step where it had none', () => {
    expect(read({ incident: anIncident(), policy: 'lost' })).not.toHaveProperty('next');
  });

  it('ends as it was to end, though its policy is of another version', () => {
    const next = conclude(endFor('healed', 'alarm is OK', 1));
    expect(read(travelled({ ...aState(), policy: { name: 'Web-memory', version: 9 }, next }))?.next).toEqual(next);
  });

  it.each([
    ['', { rung: 1, below: [0], since: NOW - 1, why: 'later' }, undefined, { rung: 1, below: [0], since: NOW - 1 }, unread],
    [' at all', 'all of it', undefined, { rung: 0, below: [], since: NOW }, unread],
    [', and of how it ended', { rung: 2 }, { reason: 'lost' }, { rung: 2, below: [], since: NOW }, `it ended as lost; ${unread}`],
  ])('tells of what is still to be given back, where it cannot be read how%s', (_, keeping, result, kept, why) => {
    const { next } = read(travelled({ ...aState(), next: { do: 'lend', keeping, result } })) ?? {};
    expect(next).toEqual({ do: 'report-give-back', keeping: kept, result: { reason: 'failed', why: expect.stringContaining(`${why} (`) } });
  });

  it('keeps the error of a step, and leaves out one that it cannot read', () => {
    const policy = { name: 'Web-memory' };
    const error = { Error: 'Defect', Cause: 'not a workflow state' };
    expect(read({ incident: anIncident(), policy, error })?.error).toEqual(error);
    expect(read({ incident: anIncident(), policy, error: { Error: 7 } })?.error).toBeUndefined();
  });
});
