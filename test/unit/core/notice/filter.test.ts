import { anIncident, aPolicy, NOW } from '@self-healing/simulation/builders.ts';
import { someOrigin } from '@self-healing/simulation/doubles/fake-ports.ts';
import { describe, expect, it } from 'vitest';
import { composed } from '../../../../lambdas/core/notice/compose.ts';
import { endNotice } from '../../../../lambdas/core/notice/end.ts';
import { isInQuietHours, isNamed } from '../../../../lambdas/core/notice/filter.ts';
import { type Stage, stageNames } from '../../../../lambdas/core/notice/notice.ts';

const about = { incident: anIncident(), policy: aPolicy(), attempts: [] };
const recovered = endNotice(someOrigin, { ...about, end: { outcome: 'recovered', reason: 'healed', why: 'gone' } }, NOW);
const handedOff = endNotice(someOrigin, { ...about, end: { outcome: 'handed-off', reason: 'ladder-exhausted', why: 'tried' } }, NOW);
const of = (stage: Stage) => composed(someOrigin, { id: stage, thread: stage, stage, headline: stage }, NOW);
const always = { from: '00:00', to: '24:00', timeZone: 'Europe/Warsaw' };

describe('a filter of notices', () => {
  it('without anything in it lets everything through', () => {
    expect(stageNames.filter((stage) => !isNamed({}, of(stage)))).toEqual([]);
  });

  it('lets through the stages, outcomes and policies that it names', () => {
    expect(isNamed({ stages: ['handed-off'] }, handedOff)).toBe(true);
    expect(isNamed({ stages: ['handed-off'] }, recovered)).toBe(false);
    expect(isNamed({ outcomes: ['recovered'] }, recovered)).toBe(true);
    expect(isNamed({ outcomes: ['recovered'] }, handedOff)).toBe(false);
    expect(isNamed({ policies: [aPolicy().name] }, handedOff)).toBe(true);
    expect(isNamed({ policies: ['another'] }, handedOff)).toBe(false);
  });

  it('keeps nothing back by outcomes or policies that has none', () => {
    expect(isNamed({ policies: ['another'], outcomes: ['recovered'] }, of('pause'))).toBe(true);
  });

  it('in quiet hours holds back what needs nobody, and never what needs somebody', () => {
    expect(stageNames.filter((stage) => isInQuietHours(of(stage), always))).toEqual(['started', 'answered', 'recovered', 'given-back']);
    expect(isInQuietHours(recovered, always)).toBe(true);
    expect(isInQuietHours(handedOff, always)).toBe(false);
  });

  it('holds nothing back outside of its quiet hours', () => {
    const night = { from: '22:00', to: '06:00', timeZone: 'UTC' };
    expect(isInQuietHours({ ...recovered, at: '2026-11-29T12:00:00Z' }, night)).toBe(false);
    expect(isInQuietHours({ ...recovered, at: '2026-11-29T05:59:00Z' }, night)).toBe(true);
  });
});
