import { describe, expect, it } from 'vitest';
import {
  formerManifestName,
  forwardersBeginning,
  historyName,
  manifestName,
  manifestPage,
  manifestSchema,
  pauseName,
  rulesBeginning,
} from '../../../lambdas/core/manifest.ts';

describe('what the stack tells the operators of itself', () => {
  it('stands under names of its pipeline', () => {
    expect([manifestName('healing'), manifestPage('healing', 2), pauseName('healing'), historyName('healing')]).toEqual([
      '/self-healing/healing/manifest',
      '/self-healing/healing/manifest/2',
      '/self-healing/healing/pause',
      '/self-healing/healing/history',
    ]);
  });

  it('is read under its former name, too', () => {
    expect(formerManifestName('healing')).toBe('/self-healing/healing/register');
  });

  it('tells its rules from those of a pipeline whose name begins alike', () => {
    expect('healing.Web-memory'.startsWith(rulesBeginning('healing'))).toBe(true);
    expect(forwardersBeginning('healing')).toBe('healing._forward-');
    expect('healing-two.Web-memory'.startsWith(rulesBeginning('healing'))).toBe(false);
  });

  const manifest = { table: 'incidents', workflow: 'arn:aws:states:eu-west-1:111122223333:stateMachine:w', policies: { Web: 'shadow' } };

  it('names table, workflow and the policies with their modes', () => {
    expect(manifestSchema.parse(manifest)).toEqual(manifest);
  });

  it.each([
    ['no table', { ...manifest, table: '' }],
    ['no workflow', { ...manifest, workflow: '' }],
    ['a mode that there is not', { ...manifest, policies: { Web: 'wild' } }],
  ])('is refused with %s', (_, given) => {
    expect(manifestSchema.safeParse(given).success).toBe(false);
  });
});
