import { describe, expect, it } from 'vitest';
import type { TestStage } from '../support/open-stage.ts';

const ARN = 'arn:aws:health:us-east-1::event/WORKSPACES/AWS_WORKSPACES_OPERATIONAL_ISSUE/AWS_WORKSPACES_OPERATIONAL_ISSUE_E2E';

/** Through rule and function, whose start takes a while. */
const PATIENCE = { timeout: 120_000, interval: 300 };

/** AWS Health tells of a problem, and of its end. */
export function providerEvent(open: () => TestStage): void {
  describe('an event of AWS Health', () => {
    it.each([
      ['open', 'which holds healing back'],
      ['closed', 'which does not hold healing back'],
    ])('that is %s reaches the history through its rule', async (statusCode, words) => {
      const { stage } = open();
      const since = Date.now();
      await stage.gateway.upstream.sendEvents([
        {
          source: 'aws.health',
          'detail-type': 'AWS Health Event',
          resources: [],
          detail: {
            eventArn: ARN,
            // Of a service that no target stands on, so that the other drills go on.
            service: 'WORKSPACES',
            eventTypeCode: 'AWS_WORKSPACES_OPERATIONAL_ISSUE',
            eventTypeCategory: 'issue',
            eventScopeCode: 'PUBLIC',
            eventRegion: 'us-east-1',
            statusCode,
            lastUpdatedTime: new Date().toUTCString(),
            eventDescription: [{ language: 'en_US', latestDescription: 'We are investigating.' }],
          },
        },
      ]);
      await expect
        .poll(async () => (await stage.history.since(since)).find(({ kind }) => kind === 'provider-event')?.text, PATIENCE)
        .toContain(words);
    });
  });
}
