import { ParameterNotFound, type SSMClient } from '@aws-sdk/client-ssm';
import { expect, it } from 'vitest';
import { readManifest } from '../../../../lambdas/adapters/ssm/manifest.ts';

const first = { table: 'incidents', workflow: 'arn:aws:states:eu-west-1:111122223333:stateMachine:w', policies: { Web: 'shadow' } };

function clientWith(parameters: Readonly<Record<string, object>>): SSMClient {
  return {
    send: async ({ input: { Name } }: { input: { Name: string } }) => {
      const value = parameters[Name];
      if (value === undefined) throw new ParameterNotFound({ message: 'none', $metadata: { httpStatusCode: 400 } });
      return { Parameter: { Value: JSON.stringify(value) } };
    },
  } as unknown as SSMClient;
}

it('a manifest is read with all of its pages', async () => {
  const client = clientWith({
    '/self-healing/healing/manifest': { ...first, pages: 3, buses: ['healing.1'] },
    '/self-healing/healing/manifest/2': { policies: { Orders: 'automatic' } },
    '/self-healing/healing/manifest/3': { policies: { Bills: 'approval' } },
  });
  const manifest = await readManifest('healing', client);
  expect(manifest?.policies).toEqual({ Web: 'shadow', Orders: 'automatic', Bills: 'approval' });
  expect(manifest?.buses).toEqual(['healing.1']);
});

it('a manifest of an earlier version has one page', async () => {
  expect(await readManifest('healing', clientWith({ '/self-healing/healing/manifest': first }))).toEqual(first);
});

it('a page that is missing is told, and not taken for a pipeline with fewer policies', async () => {
  await expect(readManifest('healing', clientWith({ '/self-healing/healing/manifest': { ...first, pages: 2 } }))).rejects.toThrow();
});
