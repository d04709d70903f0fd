import { NOW } from '@self-healing/simulation/builders.ts';
import { someOrigin } from '@self-healing/simulation/doubles/fake-ports.ts';
import { describe, expect, it } from 'vitest';
import { composed, type Draft } from '../../../../lambdas/core/notice/compose.ts';
import { isMailed } from '../../../../lambdas/core/notice/mailed.ts';
import { stageNames } from '../../../../lambdas/core/notice/notice.ts';

const policy = { name: 'Web-memory', symptom: 'memory', mode: 'automatic' };
const isSent = (given: Partial<Draft>, settings: Parameters<typeof isMailed>[1] = {}) =>
  isMailed(composed(someOrigin, { id: 'i', stage: 'recovered', headline: 'H', thread: 't', policy, ...given }, NOW), settings);
/** NOW is 10:20 in UTC, 11:20 in Berlin. */
const quietHours = { from: '11:00', to: '12:00', timeZone: 'Europe/Berlin' };

describe('A notice is mailed', () => {
  it('of every stage but those that are no news, unless somebody asks for them', () => {
    expect(stageNames.filter((stage) => !isSent({ stage }))).toEqual(['started', 'given-back']);
    expect(stageNames.filter((stage) => isSent({ stage }, { mails: { stages: ['started', 'storm'] } }))).toEqual(['started', 'storm']);
  });

  it('unless the lists of outcomes and policies keep it back, which never keep back what has neither', () => {
    const mails = { outcomes: ['handed-off' as const], policies: ['Web-cpu', 'Web-memory'] };
    expect(isSent({ outcome: 'recovered' }, { mails })).toBe(false);
    expect(isSent({ outcome: 'handed-off' }, { mails })).toBe(true);
    expect(isSent({ stage: 'question' }, { mails })).toBe(true);
    expect(isSent({ outcome: 'handed-off', policy: { ...policy, name: 'Web-disk' } }, { mails })).toBe(false);
    expect(isSent({ stage: 'pause', policy: undefined }, { mails })).toBe(true);
  });

  it('in quiet hours, too, where it is no success', () => {
    const mails = { stages: [...stageNames] };
    const quiet = stageNames.filter((stage) => !isSent({ stage }, { mails, quietHours }));
    expect(quiet).toEqual(['started', 'answered', 'recovered', 'given-back']);
    expect(isSent({ stage: 'recovered' }, { quietHours: { ...quietHours, timeZone: 'UTC' } })).toBe(true);
  });
});
