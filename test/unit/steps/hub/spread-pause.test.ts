import { MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { HubPauseOf } from '../../../../lambdas/core/hub/hub-pause.ts';
import { type PipelinePlace, placeKey } from '../../../../lambdas/core/hub/place.ts';
import type { KnownPipeline, Report } from '../../../../lambdas/core/hub/report.ts';
import { type SpreadPausePorts, type SpreadReport, spreadPause } from '../../../../lambdas/steps/hub/spread-pause.ts';

const HUB = 'arn:aws:events:eu-west-1:444455556666:event-bus/healing-hub';
const paused: HubPauseOf = { hub: HUB, value: 'a bad release', at: NOW, sequence: 2, by: 'arn:anna' };
const report = (more: Partial<Report> = {}): Report => ({
  ...{ at: NOW, release: '1.0.0', modes: { automatic: 1, approval: 0, shadow: 0 }, incidents: [], moreIncidents: false, findings: [] },
  ...more,
});
const place = (account: string, region = 'eu-west-1'): PipelinePlace => ({ account, region, pipeline: 'healing' });
const known = (account: string, more: Partial<Report> = {}): KnownPipeline => ({ ...place(account), report: report(more) });

let setting: HubPauseOf | undefined;
let pipelines: KnownPipeline[];
let told: string[];
let notes: [string, object][];
let unreachable: string[];
beforeEach(() => {
  setting = paused;
  pipelines = [];
  told = [];
  notes = [];
  unreachable = [];
});

const ports: SpreadPausePorts = {
  setting: async () => setting,
  pipelines: { all: async () => pipelines, noteTold: async (where, note) => void notes.push([placeKey(where), note]) },
  buses: {
    async tell(where) {
      if (unreachable.includes(where.account)) throw new Error('AccessDenied');
      told.push(placeKey(where));
    },
  },
};

describe('the pause of the hub', () => {
  it('is sent to every pipeline that has not confirmed it, a new one too', async () => {
    pipelines = [
      known('111111111111'),
      known('222222222222', { hubPause: paused }),
      known('333333333333', { hubPause: { ...paused, at: NOW - MINUTE, sequence: 1, value: 'running' } }),
      { ...known('444444444444'), region: 'us-east-1' },
    ];
    expect(await spreadPause(ports, NOW)).toMatchObject({ known: 4, confirmed: 1, silent: 0, failed: 0 });
    expect(told.toSorted()).toEqual(['111111111111/eu-west-1/healing', '333333333333/eu-west-1/healing', '444444444444/us-east-1/healing']);
  });

  it('is sent again until it is confirmed, and then no more', async () => {
    pipelines = [known('111111111111')];
    for (const now of [NOW, NOW + MINUTE]) await spreadPause(ports, now);
    expect(told).toHaveLength(2);
    pipelines = [known('111111111111', { hubPause: paused })];
    await spreadPause(ports, NOW + 2 * MINUTE);
    expect(told).toHaveLength(2);
  });

  it('reaches the others where one cannot be reached, and what AWS said is noted', async () => {
    pipelines = [known('111111111111'), known('222222222222')];
    unreachable = ['111111111111'];
    expect(await spreadPause(ports, NOW)).toMatchObject({ failed: 1 });
    expect(told).toEqual(['222222222222/eu-west-1/healing']);
    expect(notes.toSorted().toReversed()).toEqual([
      ['222222222222/eu-west-1/healing', { at: NOW, since: NOW }],
      ['111111111111/eu-west-1/healing', { at: NOW, since: NOW, failure: 'AccessDenied' }],
    ]);
  });

  it('goes first to whom it was not sent for longest, so that many in a Region that is out keep no other waiting', async () => {
    const told = (account: string, at: number) => ({ ...known(account), told: { at, failure: 'no answer' } });
    pipelines = [told('111111111111', NOW - MINUTE), told('222222222222', NOW - 2 * MINUTE), known('333333333333')];
    await spreadPause(ports, NOW);
    expect(notes.map(([key]) => key.slice(0, 3))).toEqual(['333', '222', '111']);
  });

  it('reaches a thousand pipelines', async () => {
    pipelines = Array.from({ length: 1_000 }, (_, number) => known(String(100_000_000_000 + number)));
    expect(await spreadPause(ports, NOW)).toMatchObject({ known: 1_000, failed: 0 });
    expect(new Set(told).size).toBe(1_000);
  });

  it('is not guessed where the switch is missing: nobody is told that anything has ended', async () => {
    setting = undefined;
    pipelines = [known('111111111111', { hubPause: paused })];
    await expect(spreadPause(ports, NOW)).rejects.toThrow('missing');
    expect(told).toEqual([]);
  });

  it('counts those of which nothing was heard for a quarter of an hour', async () => {
    pipelines = [known('111111111111', { at: NOW - 17 * MINUTE }), known('222222222222', { at: NOW - 11 * MINUTE })];
    expect(await spreadPause(ports, NOW)).toMatchObject({ silent: 1 });
  });

  it('tells of each pipeline that falls silent, though another one has been for long', async () => {
    const counted = await minutesOf(2 * DAY, (now) => {
      pipelines = [known('111111111111', { at: NOW - 60 * MINUTE }), known('222222222222', { at: Math.min(now, NOW + 12 * 60 * MINUTE) })];
    });
    // The first of them has been silent for 44 minutes.
    expect(alarmsIn(counted.map(({ newlySilent }) => newlySilent))).toEqual([737, 1_396, 2_176, 2_836]);
    expect(counted.at(-1)).toMatchObject({ silent: 2 });
  });

  it('tells of one that does not confirm, though another one has not for long, and again each day', async () => {
    const old = known('111111111111');
    const counted = await minutesOf(DAY + 120 * MINUTE, (now) => {
      pipelines = [old, known('222222222222', now < NOW + 60 * MINUTE ? { hubPause: paused } : {})].map(withNote);
    });
    expect(alarmsIn(counted.map(({ newlyUnconfirmed }) => newlyUnconfirmed))).toEqual([0, 60, 1_440, 1_500]);
  });

  it('tells anew of one that does not confirm another setting', async () => {
    const counted = await minutesOf(60 * MINUTE, (now) => {
      if (now === NOW + 30 * MINUTE) setting = { ...paused, at: now, sequence: 3 };
      pipelines = [withNote(known('111111111111'))];
    });
    expect(alarmsIn(counted.map(({ newlyUnconfirmed }) => newlyUnconfirmed))).toEqual([0, 30]);
  });
});

const DAY = 1_440 * MINUTE;

/** What each of these minutes finds. */
async function minutesOf(lasting: number, before: (now: number) => void): Promise<readonly SpreadReport[]> {
  const found: SpreadReport[] = [];
  for (let now = NOW; now < NOW + lasting; now += MINUTE) {
    before(now);
    found.push(await spreadPause(ports, now));
  }
  return found;
}

/** With what was noted of it last. */
function withNote(each: KnownPipeline): KnownPipeline {
  const told = notes.findLast(([key]) => key === placeKey(each))?.[1] as KnownPipeline['told'];
  return { ...each, ...(told && { told }) };
}

/** The minutes at which an alarm on more than 0 in three of three minutes enters ALARM, as the first of the three. */
function alarmsIn(values: readonly number[]): readonly number[] {
  const isOn = (minute: number) => values.slice(minute, minute + 3).filter((value) => value > 0).length === 3;
  return values.flatMap((_, minute) => (isOn(minute) && !isOn(minute - 1) ? [minute] : []));
}
