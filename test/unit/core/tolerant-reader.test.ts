import { aPolicy, aRung, aState, climbing } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { durationSchema } from '../../../lambdas/core/duration.ts';
import { policySchema } from '../../../lambdas/core/policy.ts';
import { readTolerantly } from '../../../lambdas/core/tolerant-reader.ts';
import { workflowStateSchema } from '../../../lambdas/core/workflow-state.ts';

/** Every object of the value with one field more, as a later version may write it. */
function grown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(grown);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([key, each]) => [key, key === 'params' || key === 'attributes' ? each : grown(each)]);
  return { ...Object.fromEntries(fields), ofALaterVersion: { deeper: [1] } };
}

describe('what another version wrote', () => {
  it('is read without the fields that this version does not know, at every depth', () => {
    const state = aState({ policy: aPolicy({ ladder: [aRung(), aRung({ remedy: 'replace-instance' })] }), next: climbing() });
    expect(workflowStateSchema.safeParse(grown(state)).success).toBe(false);
    expect(readTolerantly(workflowStateSchema, grown(state)).data).toEqual(state);
  });

  it('is left as it is, and refused with its path, where what this version needs is missing or wrong', () => {
    const answer = readTolerantly(policySchema, { ...(grown(aPolicy()) as object), mode: 'by committee' });
    expect(answer.error?.issues.map(({ path }) => path.join('.'))).toEqual(['mode']);
  });

  it('is not guessed where two forms would be left over', () => {
    expect(readTolerantly(durationSchema, { minutes: 3, hours: 1 }).success).toBe(false);
    expect(readTolerantly(durationSchema, { minutes: 3, hours: -1 }).success, 'one of them wrong').toBe(false);
    expect(readTolerantly(durationSchema, { minutes: 3, note: 'about' }).data).toEqual({ minutes: 3 });
  });

  it('loses a field only where that is unknown, and not where another form of the list has it', () => {
    const item = z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('tagged'), value: z.string() }),
      z.strictObject({ kind: z.literal('named'), name: z.string() }),
    ]);
    const list = [
      { kind: 'tagged', value: 'a' },
      { kind: 'named', name: 'b', value: 'c' },
    ];
    expect(readTolerantly(z.array(item), list).data).toEqual([list[0], { kind: 'named', name: 'b' }]);
  });

  it.each([[undefined], [null], [7], ['text'], [[]], [[[{}]]]])('of another kind, such as %j, is refused and does no harm', (value) => {
    expect(readTolerantly(policySchema, value).success).toBe(false);
  });

  it('is not changed in place', () => {
    const value = { known: 1, more: { deep: 2 } };
    expect(readTolerantly(z.strictObject({ known: z.number() }), value).data).toEqual({ known: 1 });
    expect(value).toEqual({ known: 1, more: { deep: 2 } });
  });
});
