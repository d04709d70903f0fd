import { describe, expect, it } from 'vitest';
import { historyName, pauseName, registerName, registerSchema } from '../../../lambdas/core/manifest.ts';

describe('what the stack tells the operators of itself', () => {
  it('stands under names of its pipeline', () => {
    expect([registerName('healing'), pauseName('healing'), historyName('healing')]).toEqual([
      '/self-healing/healing/register',
      '/self-healing/healing/pause',
      '/self-healing/healing/history',
    ]);
  });

  const register = { table: 'incidents', workflow: 'arn:aws:states:eu-west-1:111122223333:stateMachine:w', policies: { Web: 'shadow' } };

  it('names table, workflow and the policies with their modes', () => {
    expect(registerSchema.parse(register)).toEqual(register);
  });

  it.each([
    ['no table', { ...register, table: '' }],
    ['no workflow', { ...register, workflow: '' }],
    ['a mode that there is not', { ...register, policies: { Web: 'wild' } }],
  ])('is refused with %s', (_, given) => {
    expect(registerSchema.safeParse(given).success).toBe(false);
  });
});
