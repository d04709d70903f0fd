import { MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import type { KnownPipeline, Report } from '../../../../lambdas/core/hub/report.ts';
import { findingsOf, standing } from '../../../../lambdas/core/hub/standing.ts';

const setting = { value: 'a bad release', at: NOW, sequence: 2, by: 'arn:anna' };
const pipeline = (more: Partial<Report> = {}, told?: KnownPipeline['told']): KnownPipeline => ({
  ...{ account: '111122223333', region: 'eu-west-1', pipeline: 'healing', ...(told && { told }) },
  report: {
    ...{ at: NOW, release: '1.0.0', modes: { automatic: 1, approval: 0, shadow: 0 }, incidents: [], moreIncidents: false, findings: [] },
    ...more,
  },
});

describe('a pipeline', () => {
  it('has confirmed a pause when it reports that setting, or one set later', () => {
    expect(standing(pipeline({ hubPause: setting }), setting)).toBe('confirmed');
    expect(standing(pipeline({ hubPause: { ...setting, sequence: 3 } }), setting)).toBe('confirmed');
  });

  it('has not confirmed it when it reports none, or an earlier one', () => {
    expect(standing(pipeline(), setting)).toBe('not-confirmed');
    expect(standing(pipeline({ hubPause: { ...setting, at: NOW - 1, sequence: 9 } }), setting)).toBe('not-confirmed');
  });

  it('of which nothing is wrong says so in one line', () => {
    expect(findingsOf(pipeline({ hubPause: { ...setting, value: 'running' } }), setting, NOW)).toMatchObject([{ state: 'ok' }]);
  });

  it('that is silent, unconfirmed, paused and ill says each of it', () => {
    const ill = { state: 'wrong', about: 'healing-watch-sweep-errors', says: 'it is in ALARM' } as const;
    const found = findingsOf(
      pipeline({ at: NOW - 20 * MINUTE, ownPause: 'the pause switch says: noon', findings: [ill] }, { at: NOW, failure: 'AccessDenied' }),
      setting,
      NOW,
    );
    expect(found.map(({ state, about }) => [state, about])).toEqual([
      ['wrong', 'reports'],
      ['wrong', 'pause of the hub'],
      ['warning', 'own pause'],
      ['wrong', 'healing-watch-sweep-errors'],
    ]);
    expect(found[1]?.says).toContain('AccessDenied');
  });
});
