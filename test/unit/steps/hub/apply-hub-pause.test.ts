import { MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { HistoryLine } from '../../../../lambdas/core/history-line.ts';
import { type HubPause, isLater } from '../../../../lambdas/core/hub/hub-pause.ts';
import { type ApplyHubPausePorts, applyHubPause, isFromAHub } from '../../../../lambdas/steps/hub/apply-hub-pause.ts';

const HUB = '444455556666';
const bus = `arn:aws:events:eu-west-1:${HUB}:event-bus/healing-hub`;
const otherBus = `arn:aws:events:eu-west-1:${HUB}:event-bus/other-hub`;
const paused: HubPause = { value: 'a bad release', at: NOW, sequence: 2, by: 'arn:anna' };
const running: HubPause = { value: 'running', at: NOW + MINUTE, sequence: 3, by: 'arn:anna' };
const event = (detail: unknown, more: object = {}) => ({
  ...{ id: '1', account: HUB, region: 'eu-west-1', source: 'self-healing-hub', 'detail-type': 'pause', detail },
  ...more,
});

let kept: HubPause | undefined;
let isWritten: boolean;
let lines: HistoryLine[];
let broken: boolean;
beforeEach(() => {
  kept = undefined;
  isWritten = false;
  lines = [];
  broken = false;
});

const ports: ApplyHubPausePorts = {
  hubPauses: {
    read: async () => kept,
    async keep(pause) {
      if (kept && kept.hub === pause.hub && !isLater(pause, kept)) return false;
      kept = pause;
      isWritten = false;
      return true;
    },
    isWritten: async () => isWritten,
    async noteWritten() {
      isWritten = true;
    },
  },
  history: {
    async write(line) {
      if (broken) throw new Error('no history');
      lines.push(line);
    },
  },
};
const apply = (given: unknown, now = NOW + MINUTE) => applyHubPause(given, bus, ports, now);

describe("the hub's pause at a pipeline", () => {
  it('is kept, and is a line of the history with who set it', async () => {
    expect(await apply(event(paused))).toBe('applied');
    expect(kept).toEqual({ ...paused, hub: bus });
    expect(lines).toMatchObject([
      { kind: 'hub-pause', text: 'the hub in account 444455556666 pauses the pipeline: a bad release', hubPaused: true, by: 'arn:anna' },
    ]);
    expect(await apply(event(running))).toBe('applied');
    expect(lines.at(-1)).toMatchObject({ text: expect.stringContaining('does not pause'), hubPaused: false });
  });

  it('that comes again changes nothing and is no second line', async () => {
    await apply(event(paused));
    expect(await apply(event(paused))).toBe('known');
    expect(lines).toHaveLength(1);
  });

  it('that comes late, after its end, is not taken up again', async () => {
    await apply(event(running));
    expect(await apply(event(paused))).toBe('outdated');
    expect(kept).toMatchObject(running);
    expect(lines).toHaveLength(1);
  });

  it('stops the pipeline though its line cannot be written, which is made good when it is sent again', async () => {
    broken = true;
    await expect(apply(event(paused))).rejects.toThrow('no history');
    expect(kept).toMatchObject(paused);
    broken = false;
    expect(await apply(event(paused))).toBe('known');
    expect(lines).toHaveLength(1);
  });

  it('of a later version is read as far as its fields are known', async () => {
    expect(await apply(event({ ...paused, scope: 'everything' }))).toBe('applied');
    expect(kept).toEqual({ ...paused, hub: bus });
  });

  it('of the hub that was left holds until the new one is heard, whenever that was set', async () => {
    kept = { ...running, hub: otherBus };
    expect(await apply(event(paused))).toBe('applied');
    expect(kept).toEqual({ ...paused, hub: bus });
    kept = { ...paused, at: NOW + MINUTE, hub: otherBus };
    expect(await apply(event({ ...running, at: NOW }))).toBe('applied');
    expect(kept).toMatchObject({ value: 'running', hub: bus });
  });

  it('that an earlier version kept may be of another hub, so that the next one takes its place', async () => {
    kept = running;
    expect(await apply(event(paused))).toBe('applied');
    expect(kept).toEqual({ ...paused, hub: bus });
  });

  it('of another hub in the same account is not taken', async () => {
    await apply(event({ ...paused, hub: bus }));
    expect(await apply(event({ ...running, hub: otherBus }))).toBe('not-from-the-hub');
    expect(kept).toEqual({ ...paused, hub: bus });
  });

  it.each([
    ['from another account', event(running, { account: '999999999999' })],
    ['of another source', event(running, { source: 'self-healing.healing' })],
    ['of another type', event(running, { 'detail-type': 'resume' })],
    ['without a moment', event({ ...running, at: undefined })],
    ['that is no object', event('running')],
  ])('%s is not believed', async (_, forged) => {
    await apply(event(paused));
    expect(await apply(forged)).toBe('not-from-the-hub');
    expect(kept).toMatchObject(paused);
  });

  it('dated ahead is not taken', async () => {
    await apply(event(paused));
    expect(await apply(event({ ...running, at: NOW + 60 * MINUTE }))).toBe('outdated');
    expect(kept).toMatchObject(paused);
  });

  it('is told from the schedule by its source and type', () => {
    expect([isFromAHub(event(paused)), isFromAHub({ source: 'aws.events', 'detail-type': 'Scheduled Event' })]).toEqual([true, false]);
  });
});
