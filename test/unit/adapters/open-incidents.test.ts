import type { SFNClient } from '@aws-sdk/client-sfn';
import { expect, it } from 'vitest';
import { workflowAdmin } from '../../../lambdas/adapters/step-functions/workflow.ts';

/** So many executions, of which a page has so many at the most, and each second one none. */
function executions(all: number, aPage: number) {
  const asked: unknown[] = [];
  const send = async ({ input }: { input: { maxResults: number; nextToken?: string } }) => {
    if (input.maxResults < 1 || input.maxResults > 1_000) throw new Error(`maxResults of ${input.maxResults}`);
    asked.push(input.maxResults);
    const [from = 0, isShort = 0] = (input.nextToken ?? '').split('/').map(Number);
    const to = Math.min(all, from + (isShort ? 0 : Math.min(aPage, input.maxResults)));
    const page = Array.from({ length: to - from }, (_, at) => ({ name: `${from + at}` }));
    return { executions: page, ...(to < all && { nextToken: `${to}/${isShort ? 0 : 1}` }) };
  };
  return { asked, admin: workflowAdmin('arn:x', { send } as unknown as SFNClient) };
}

it.each([
  ['all where there are no more', 3, 1_000, 26, [26]],
  ['as many as are asked for', 30, 1_000, 26, [26]],
  ['more than a page has', 2_500, 1_000, 2_001, [1_000, 1_000, 1_000, 1, 1]],
  ['what is behind short pages', 5, 2, 26, [26, 24, 24, 22, 22]],
  ['no more than asked for of short pages', 5, 2, 3, [3, 1, 1]],
  ['none', 0, 2, 26, [26]],
])('open incidents are %s', async (_, all, aPage, most, pages) => {
  const { asked, admin } = executions(all, aPage);
  expect(await admin.open(most)).toEqual(Array.from({ length: Math.min(all, most) }, (__, at) => `${at}`));
  expect(asked).toEqual(pages);
});
