import type { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { expect, it } from 'vitest';
import { brokenWorkflows } from '../../../../lambdas/adapters/step-functions/broken-workflows.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 30);

interface Execution {
  readonly name: string;
  readonly startedDaysAgo: number;
  readonly stoppedDaysAgo: number;
}

/** Aborted executions, in pages as Step Functions lists them: by when they stopped, the last first. */
function listing(...pages: readonly (readonly Execution[])[]) {
  const asked: number[] = [];
  const client = {
    async send({ input: { statusFilter, nextToken } }: ListExecutionsCommand) {
      if (statusFilter !== 'ABORTED') return { executions: [] };
      const page = Number(nextToken ?? 0);
      asked.push(page);
      const executions = pages[page]?.map(({ name, startedDaysAgo, stoppedDaysAgo }) => ({
        name,
        startDate: new Date(NOW - startedDaysAgo * DAY),
        stopDate: new Date(NOW - stoppedDaysAgo * DAY),
      }));
      return { executions, ...(page + 1 < pages.length && { nextToken: String(page + 1) }) };
    },
  } as unknown as SFNClient;
  return {
    asked,
    found: async (days: number) =>
      (await brokenWorkflows('arn:aws:states:eu-west-1:1:stateMachine:healing', client).since(NOW - days * DAY)).map(
        (one) => one.incidentId,
      ),
  };
}

const redriven = { name: 'redriven', startedDaysAgo: 10, stoppedDaysAgo: 0.1 };
const today = { name: 'today', startedDaysAgo: 0.5, stoppedDaysAgo: 0.4 };
const old = { name: 'old', startedDaysAgo: 2.5, stoppedDaysAgo: 2 };
const older = { name: 'older', startedDaysAgo: 9, stoppedDaysAgo: 8 };

it('workflows are found that broke before one that was begun long ago and driven on by hand', async () => {
  const { found } = listing([redriven], [today, old], [older]);
  expect(await found(1)).toEqual(['redriven', 'today']);
});

it('no page is asked for behind one that ends with what broke too long ago', async () => {
  const { asked, found } = listing([today, old], [older]);
  expect(await found(1)).toEqual(['today']);
  expect(asked).toEqual([0]);
});
