import { NOW } from '@self-healing/simulation/builders.ts';
import { someOrigin } from '@self-healing/simulation/doubles/fake-ports.ts';
import { describe, expect, it } from 'vitest';
import { attributesOf } from '../../../../lambdas/core/notice/attributes.ts';
import { composed, type Draft } from '../../../../lambdas/core/notice/compose.ts';
import { stageNames } from '../../../../lambdas/core/notice/notice.ts';
import { noticeSettingsOf } from '../../../../lambdas/core/notice/settings.ts';

const policy = { name: 'Web-memory', symptom: 'memory', mode: 'automatic' };
const notice = (given: Partial<Draft>) =>
  composed(someOrigin, { id: 'i', stage: 'recovered', headline: 'H', thread: 't', policy, ...given }, NOW);
const isMailed = (given: Partial<Draft>, settings: Parameters<typeof attributesOf>[1] = {}) =>
  !('unmailed' in attributesOf(notice(given), settings));
/** NOW is 10:20 in UTC, 11:20 in Berlin. */
const quietHours = { from: '11:00', to: '12:00', timeZone: 'Europe/Berlin' };

describe('The attributes of a notice', () => {
  it('are what subscriptions filter by', () => {
    expect(attributesOf(notice({ outcome: 'recovered', reason: 'healed' }))).toEqual({
      ...{ policy: 'Web-memory', outcome: 'recovered', reason: 'healed', stage: 'recovered', severity: 'info', quiet: 'no' },
    });
  });

  it('keep the words of earlier versions for what is no end', () => {
    expect(attributesOf(notice({ stage: 'question' }))).toMatchObject({ outcome: 'waiting', reason: 'approval' });
    expect(attributesOf(notice({ stage: 'not-given-back', reason: 'failed' }))).toMatchObject({
      outcome: 'not-given-back',
      reason: 'failed',
    });
  });

  it('say which stages are not mailed unless somebody asks for them', () => {
    expect(stageNames.filter((stage) => !isMailed({ stage }))).toEqual(['started', 'given-back']);
    expect(stageNames.filter((stage) => isMailed({ stage }, { mails: { stages: ['started', 'storm'] } }))).toEqual(['started', 'storm']);
  });

  it('say what the lists of outcomes and policies keep back, and never what has neither', () => {
    const mails = { outcomes: ['handed-off' as const], policies: ['Web-cpu', 'Web-memory'] };
    expect(isMailed({ outcome: 'recovered' }, { mails })).toBe(false);
    expect(isMailed({ outcome: 'handed-off' }, { mails })).toBe(true);
    expect(isMailed({ stage: 'question' }, { mails })).toBe(true);
    expect(isMailed({ outcome: 'handed-off', policy: { ...policy, name: 'Web-disk' } }, { mails })).toBe(false);
    expect(isMailed({ stage: 'pause', policy: undefined }, { mails })).toBe(true);
  });

  it('keep successes quiet in quiet hours, and nothing else', () => {
    const quiet = stageNames.filter((stage) => attributesOf(notice({ stage }), { quietHours }).quiet === 'yes');
    expect(quiet).toEqual(['started', 'answered', 'recovered', 'given-back']);
    expect(isMailed({ stage: 'recovered' }, { quietHours })).toBe(false);
    expect(isMailed({ stage: 'handed-off' }, { quietHours })).toBe(true);
    expect(isMailed({ stage: 'recovered' }, { quietHours: { ...quietHours, timeZone: 'UTC' } })).toBe(true);
  });
});

describe('The settings', () => {
  it('have defaults, and ignore what a later version added', () => {
    expect(noticeSettingsOf('{"mood":"calm"}')).toEqual({ stillAfter: { minutes: 15 } });
    expect(noticeSettingsOf(JSON.stringify({ accountName: 'shop', quietHours }))).toMatchObject({ accountName: 'shop', quietHours });
    expect(() => noticeSettingsOf('{"stillAfter":3}')).toThrow();
  });
});
