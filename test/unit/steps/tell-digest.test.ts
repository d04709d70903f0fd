import { NOW } from '@self-healing/simulation/builders.ts';
import { someOrigin } from '@self-healing/simulation/doubles/fake-ports.ts';
import { describe, expect, it } from 'vitest';
import { iso } from '../../../lambdas/core/duration.ts';
import type { HistoryFilter } from '../../../lambdas/core/history-filter.ts';
import type { HistoryLine } from '../../../lambdas/core/history-line.ts';
import { mailOf } from '../../../lambdas/core/notice/mail.ts';
import { isMailed } from '../../../lambdas/core/notice/mailed.ts';
import { type Notice, noticeSchema } from '../../../lambdas/core/notice/notice.ts';
import { tellDigest } from '../../../lambdas/steps/tell-digest.ts';

const DAY = 86_400_000;

/** The end of an incident so many days ago. */
function end(incident: string, daysAgo: number, more: Partial<HistoryLine>): HistoryLine {
  const about = { policy: 'Web-memory', symptom: 'memory', target: 'instance i-0abc' };
  return { at: iso(NOW - daysAgo * DAY), kind: 'outcome', incident, text: '', ...about, outcome: 'recovered', reason: 'healed', ...more };
}

const helped = { remedies: [{ remedy: 'restart-service', result: 'recovered' }] };
const vain = { outcome: 'handed-off', reason: 'ladder-exhausted', remedies: [{ remedy: 'clear-caches', result: 'not-recovered' }] };

/** The digest of a history. */
async function digestOf(lines: readonly HistoryLine[], asked: { since: number; filter: HistoryFilter }[] = []): Promise<Notice> {
  const told: Notice[] = [];
  const past = {
    since: async (since: number, filter: HistoryFilter) => {
      asked.push({ since, filter });
      return lines.filter(({ kind }) => filter.kinds?.includes(kind));
    },
  };
  await tellDigest({ past, notifier: { publish: async (compose) => void told.push(compose(someOrigin)) } }, NOW);
  const [notice, ...more] = told;
  if (!notice || more.length > 0) throw new Error(`${told.length} notices were told`);
  noticeSchema.parse(notice);
  return notice;
}

const found = ({ diagnosis }: Notice, title: string) => diagnosis.find((each) => each.title.startsWith(title))?.lines;

describe('the digest of a week', () => {
  it('counts how incidents ended, each once, and what was not sent', async () => {
    const twice = end('a', 1, helped);
    const lines = [twice, twice, end('b', 2, vain), end('c', 3, { outcome: 'skipped', reason: 'paused' })];
    const unsent = { at: iso(NOW), kind: 'not-sent', policy: '(all)', text: '' } as const;
    const notice = await digestOf([...lines, unsent]);
    expect(notice.title).toContain('DIGEST: 3 incidents: 1 healed, 1 handed off, 1 otherwise in 7 days');
    expect(notice.seen).toContain('1 notice could not be sent by one of the ways');
    expect(found(notice, 'What was handed off')).toEqual(['Web-memory: ladder-exhausted, once']);
  });

  it('counts no drill, played or for real', async () => {
    const drilled = { drill: '0123456789abcdef' };
    const ends = [1, 2, 3].map((day) => end(`i${day}`, day, { ...helped, ...drilled }));
    const notice = await digestOf([...ends, end('p', 1, { outcome: 'skipped', reason: 'drill', ...drilled })]);
    expect(notice.title).toContain('DIGEST: 0 incidents');
    expect(notice.diagnosis).toEqual([]);
  });

  it('says what comes back, so that somebody looks for the cause', async () => {
    const notice = await digestOf([1, 2, 3].map((day) => end(`i${day}`, day, helped)));
    expect(found(notice, 'What comes back')).toEqual([
      `instance i-0abc, Web-memory: healed 3 times within a week, last at ${iso(NOW - DAY)}`,
    ]);
    expect(notice.doNow[0]?.text).toContain('Look for the causes');
    expect(mailOf(notice).body).toContain('healed 3 times within a week');
  });

  it('says what comes and goes', async () => {
    const lines = [1, 2, 3].map((day) => end(`i${day}`, day, { reason: 'recovered-by-itself' }));
    expect(found(await digestOf([...lines, end('f', 1, { outcome: 'handed-off', reason: 'flapping' })]), 'What comes and goes')).toEqual([
      expect.stringContaining('passed by itself 3 times'),
      expect.stringContaining('stopped as flapping once'),
    ]);
  });

  it('says which remedy never helps', async () => {
    const notice = await digestOf([1, 2, 3].map((day) => end(`i${day}`, day, vain)));
    expect(found(notice, 'What the remedies are worth')).toEqual([
      'Web-memory, clear-caches: helped 0 of 3 times; it never helped: take it out of the ladder',
    ]);
  });

  it('of a quiet week says so, opens no alert, and is mailed, also in quiet hours', async () => {
    const notice = await digestOf([]);
    expect(notice).toMatchObject({
      stage: 'digest',
      severity: 'info',
      diagnosis: [],
      doNow: [{ text: expect.stringContaining('Nothing') }, {}],
    });
    expect(notice.alert).toBeUndefined();
    expect(notice.doNow[1]?.command).toBe('self-healing-pipeline advise --since 7d --pipeline healing --region eu-central-1');
    const quietHours = { from: '00:00', to: '00:00', timeZone: 'UTC' };
    expect(isMailed(notice, { quietHours })).toBe(true);
  });

  it('reads one week, and of it only what it needs', async () => {
    const asked: { since: number; filter: HistoryFilter }[] = [];
    await digestOf([], asked);
    expect(asked).toEqual([
      { since: NOW - 7 * DAY, filter: { kinds: ['outcome', 'not-sent'] } },
      { since: NOW - 7 * DAY, filter: { kinds: ['verification'], shadowed: true } },
    ]);
  });
});
