import { aPolicy, NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { judgeLastLook } from '../../../lambdas/core/last-look.ts';
import type { Mode } from '../../../lambdas/core/mode.ts';

const running = { kind: 'running' } as const;
const paused = { kind: 'paused', why: 'the pause switch says: noon' } as const;
const override = (mode: Mode) => ({ mode, why: 'it harmed us', at: NOW, by: 'ada' });
const policy = aPolicy({ mode: 'automatic' });

describe('the last look', () => {
  it('answers the stricter of the policy’s own mode and what people made of it', () => {
    expect(judgeLastLook({ policy }, { pause: running })).toEqual({ kind: 'go', mode: 'automatic' });
    expect(judgeLastLook({ policy }, { pause: running, override: override('shadow') })).toEqual({ kind: 'go', mode: 'shadow' });
    expect(judgeLastLook({ policy: aPolicy({ mode: 'shadow' }) }, { pause: running, override: override('approval') })).toEqual({
      ...{ kind: 'go', mode: 'shadow' },
    });
  });

  it('stops for a pause before all else', () => {
    expect(judgeLastLook({ policy, record: 'mine' }, { pause: paused, records: [] })).toEqual({
      ...{ kind: 'stop', reason: 'paused', why: paused.why },
    });
  });

  it.each([
    ['taken away', []],
    ['deployed anew', ['another']],
  ])('stops for a policy that was %s', (how, records) => {
    expect(judgeLastLook({ policy, record: 'mine' }, { pause: running, records })).toEqual({
      ...{ kind: 'stop', reason: 'policy-changed', why: `policy ${policy.name} was ${how} since the incident began` },
    });
  });

  it.each([
    ['is among those there are', 'mine', ['another', 'mine']],
    ['is not known, as of an earlier version', undefined, ['another']],
    ['was not asked for', 'mine', undefined],
  ])('goes on under a record that %s', (_, record, records) => {
    expect(judgeLastLook({ policy, record }, { pause: running, records })).toMatchObject({ kind: 'go' });
  });
});
