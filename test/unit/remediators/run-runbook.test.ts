import { describe, expect, it } from 'vitest';
import { remediator } from '../../../lambdas/remediators/run-runbook.ts';

const params = {
  document: 'Shop-DrainQueue',
  assumeRole: 'arn:aws:iam::111122223333:role/shop-runbooks',
  targetParameter: 'InstanceId',
  parameters: { Force: ['true'] },
};
const target = { kind: 'instance', id: 'i-0aaaabbbbccccdddd' } as const;

describe('running a runbook', () => {
  it('hands it the target under the name that the runbook knows, beside its other parameters', () => {
    const plan = remediator.plan({ target, runnable: true }, params);
    expect(plan).toEqual({
      document: 'Shop-DrainQueue',
      assumeRole: 'arn:aws:iam::111122223333:role/shop-runbooks',
      parameters: { InstanceId: ['i-0aaaabbbbccccdddd'], Force: ['true'] },
    });
    expect(remediator.summary(plan)).toBe('run the runbook Shop-DrainQueue');
  });

  it('is left to the next rung when there is no such runbook', () => {
    expect(remediator.plan({ target, runnable: false }, params)).toMatchObject({ refusal: 'not-applicable' });
  });

  it('is unsafe when the runbook could not know what to repair', () => {
    const { targetParameter: _, ...rest } = params;
    expect(remediator.plan({ target, runnable: true }, { ...rest, parameters: {} })).toMatchObject({ refusal: 'unsafe-to-act' });
  });

  it.each([
    ['running', undefined, 'running'],
    ['running', { status: 'running', detail: 'InProgress' }, 'running'],
    ['done', { status: 'succeeded', detail: 'Success' }, 'done'],
    ['failed', { status: 'failed', detail: 'Step 2 timed out' }, 'failed'],
    ['stopped', { status: 'cancelled', detail: 'Rejected' }, 'stopped'],
  ])('is %s while the execution is %o', (_, execution, kind) => {
    expect(remediator.assess({}, { target, ...(execution && { execution }) }).kind).toBe(kind);
  });

  it.each([
    ['a document that is no name', { ...params, document: 'a b' }],
    ['a role that is no ARN', { ...params, assumeRole: 'admin' }],
    ['an empty list of values', { ...params, parameters: { Force: [] } }],
  ])('does not take %s', (_, given) => {
    expect(remediator.params.safeParse(given).success).toBe(false);
  });
});
