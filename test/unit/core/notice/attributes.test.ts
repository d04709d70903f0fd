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
const quietHours = { from: '11:00', to: '12:00', timeZone: 'Europe/Berlin' };

describe('The attributes of a notice', () => {
  it('are what subscriptions filter by', () => {
    expect(attributesOf(notice({ outcome: 'recovered', reason: 'healed' }))).toEqual({
      ...{ policy: 'Web-memory', outcome: 'recovered', reason: 'healed', stage: 'recovered', severity: 'info', quiet: 'no' },
    });
  });

  it('are never none, so that no filter drops a notice for having none', () => {
    for (const stage of stageNames) expect(attributesOf(notice({ stage, policy: undefined }))).toMatchObject({ stage, quiet: 'no' });
  });

  it('keep the words of earlier versions for what is no end', () => {
    expect(attributesOf(notice({ stage: 'question' }))).toMatchObject({ outcome: 'waiting', reason: 'approval' });
    expect(attributesOf(notice({ stage: 'not-given-back', reason: 'failed' }))).toMatchObject({
      outcome: 'not-given-back',
      reason: 'failed',
    });
  });
});

describe('The settings', () => {
  it('have defaults, and ignore what a later version added', () => {
    expect(noticeSettingsOf('{"mood":"calm"}')).toEqual({ stillAfter: { minutes: 15 } });
    expect(noticeSettingsOf(JSON.stringify({ accountName: 'shop', quietHours }))).toMatchObject({ accountName: 'shop', quietHours });
    expect(() => noticeSettingsOf('{"stillAfter":3}')).toThrow();
  });
});
