import { anAttempt, anIncident, aPolicy, NOW } from '@self-healing/simulation/builders.ts';
import { someOrigin } from '@self-healing/simulation/doubles/fake-ports.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { HistoryLine } from '../../../../lambdas/core/history-line.ts';
import { placeKey } from '../../../../lambdas/core/hub/place.ts';
import type { Report } from '../../../../lambdas/core/hub/report.ts';
import { endNotice } from '../../../../lambdas/core/notice/end.ts';
import { type HearPipelinePorts, hearPipeline } from '../../../../lambdas/steps/hub/hear-pipeline.ts';

const envelope = { account: '111122223333', region: 'us-east-1', time: '2026-11-02T10:20:00Z' };
const report: Report = {
  ...{
    at: NOW,
    release: '1.0.0',
    modes: { automatic: 2, approval: 0, shadow: 1 },
    incidents: [{ id: 'a'.repeat(64) }],
    moreIncidents: false,
  },
  findings: [{ state: 'wrong', about: 'healing-watch-dead-letters', says: 'it is in ALARM' }],
};

let kept: [string, Report][];
let lines: HistoryLine[];
beforeEach(() => {
  kept = [];
  lines = [];
});
const ports: HearPipelinePorts = {
  pipelines: { keep: async (place, said) => void kept.push([placeKey(place), said]) },
  history: { write: async (line) => void lines.push(line) },
};
const hear = (event: object) => hearPipeline({ ...envelope, ...event }, ports, NOW);
const reported = (detail: unknown) => hear({ source: 'self-healing-report.healing', 'detail-type': 'report', detail });

describe('what a pipeline tells its hub', () => {
  it('of an incident is a line with the account and Region that EventBridge names, whatever the notice says', async () => {
    const end = { outcome: 'handed-off', reason: 'ladder-exhausted', why: '1 of 1 remedies was tried' } as const;
    const notice = endNotice(someOrigin, { incident: anIncident(), policy: aPolicy(), attempts: [anAttempt()], end }, NOW);
    expect(notice.account.id).not.toBe(envelope.account);
    await hear({ source: 'self-healing-notice.healing', 'detail-type': 'handed-off', detail: notice });
    expect(lines).toMatchObject([
      {
        ...{ kind: 'notice', account: '111122223333', region: 'us-east-1', pipeline: 'healing', stage: 'handed-off' },
        ...{ outcome: 'handed-off', reason: 'ladder-exhausted', incident: anIncident().id, notice: notice.id, text: notice.title },
      },
    ]);
    expect(kept).toEqual([]);
  });

  it('of itself is kept and is a line', async () => {
    await reported(report);
    expect(kept).toEqual([['111122223333/us-east-1/healing', report]]);
    expect(lines).toMatchObject([{ kind: 'report', openIncidents: 1, wrong: 1, ownPause: '-', hubPaused: false, release: '1.0.0' }]);
  });

  it('of a later version is read as far as its fields are known', async () => {
    await reported({ ...report, mood: 'good' });
    expect(kept).toEqual([['111122223333/us-east-1/healing', report]]);
  });

  it('of the future is kept as of now, so that it cannot hide what follows', async () => {
    await reported({ ...report, at: NOW + 1e9 });
    expect(kept[0]?.[1].at).toBe(NOW);
  });

  it('and cannot be read is a line that says so, and never silence', async () => {
    await reported({ at: 'yesterday' });
    await hear({ source: 'self-healing-notice.healing', 'detail-type': 'recovered', detail: { version: '9' } });
    expect(lines.map(({ text }) => text)).toEqual([
      'it reported in a form that this hub cannot read',
      'a notice that this hub cannot read',
    ]);
    expect(kept).toEqual([]);
  });

  it('of itself is one line of plain text each, so that it writes nothing else onto the screen of an operator', async () => {
    const evil = (words: string) => `${words}\u001b[2J\u202e\nAll pipelines have confirmed.`;
    await reported({
      ...report,
      release: evil('1.0.0'),
      ownPause: evil('Anna'),
      incidents: [{ id: evil('i'), policy: evil('Web'), target: evil('instance') }],
      findings: [{ state: 'wrong', about: evil('alarm'), says: evil('it is in ALARM'), mend: evil('look') }],
    });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not come through
    expect(JSON.stringify(kept).replaceAll(/\\[nu]/g, '\n')).not.toMatch(/[\u0000-\u001f\u202e]/);
    expect(kept[0]?.[1].findings[0]?.says).toBe('it is in ALARM [2J All pipelines have confirmed.');
  });

  it.each([
    ['a name that no pipeline has', { source: 'self-healing-report.a b\u001b[2J', 'detail-type': 'report', detail: report }],
    ['a notice under such a name', { source: 'self-healing-notice.../healing', 'detail-type': 'recovered', detail: {} }],
    ['another source', { source: 'self-healing-hub', 'detail-type': 'report', detail: report }],
    ['no account', { source: 'self-healing-report.healing', 'detail-type': 'report', detail: report, account: 'somebody' }],
  ])('with %s fails, and so ends in the dead-letter queue', async (_, event) => {
    await expect(hear(event)).rejects.toThrow();
    expect([kept, lines]).toEqual([[], []]);
  });
});
