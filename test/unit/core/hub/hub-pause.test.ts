import { HOUR, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { bothPauses, type HubPause, heard, hubPauseSchema, hubSays, toldEntry } from '../../../../lambdas/core/hub/hub-pause.ts';
import { parsePause } from '../../../../lambdas/core/pause.ts';

const ANNA = 'arn:aws:sts::999988887777:assumed-role/ops/anna';
const paused: HubPause = { value: 'a bad release', at: NOW, sequence: 7, by: ANNA };
const running: HubPause = { value: 'running', at: NOW + MINUTE, sequence: 8, by: ANNA };

describe("the hub's pause at a pipeline", () => {
  it('is the later one, by the moment first', () => {
    expect(heard(undefined, paused, NOW)).toEqual(paused);
    expect(heard(paused, running, NOW + MINUTE)).toEqual(running);
    expect(heard(running, paused, NOW + MINUTE)).toEqual(running);
    expect(heard({ ...running, sequence: 400 }, { ...paused, at: NOW + HOUR, sequence: 1 }, NOW + HOUR)).toMatchObject({ sequence: 1 });
  });

  it('of two set in the same moment is the one with the higher number', () => {
    expect(heard(paused, { ...paused, value: 'running', sequence: 8 }, NOW)).toMatchObject({ value: 'running' });
    expect(heard(paused, { ...paused, value: 'running', sequence: 6 }, NOW)).toEqual(paused);
  });

  it('of another hub takes the place of what is known, whenever each was set', () => {
    expect(heard({ ...running, hub: 'arn:left' }, { ...paused, hub: 'arn:own' }, NOW + MINUTE)).toMatchObject({ hub: 'arn:own' });
    expect(heard(running, { ...paused, hub: 'arn:own' }, NOW + MINUTE)).toMatchObject({ hub: 'arn:own' });
    expect(heard({ ...running, hub: 'arn:own' }, { ...paused, hub: 'arn:own' }, NOW + MINUTE)).toMatchObject(running);
  });

  it('is not taken from the future, so that nothing can make it deaf to what follows', () => {
    expect(heard(paused, { ...running, at: NOW + 2 * MINUTE }, NOW)).toEqual(paused);
    expect(heard(paused, { ...running, at: NOW + MINUTE }, NOW)).toMatchObject({ value: 'running' });
  });

  it.each(['', 'RUNNING', '{"running":true}'])('pauses with the value %j, as the own switch does', (value) => {
    expect(hubSays({ ...paused, value }, NOW).kind).toBe('paused');
  });

  it('ends by itself where it says so, though nobody can be reached', () => {
    const until = { ...paused, value: 'noon (by anna) [until 2026-11-02T12:00:00.000Z]' };
    expect(hubSays(until, Date.parse('2026-11-02T11:59:59.999Z')).kind).toBe('paused');
    expect(hubSays(until, Date.parse('2026-11-02T12:00:00.000Z')).kind).toBe('running');
  });

  it('is none where none was heard of', () => {
    expect(hubSays(undefined, NOW)).toEqual({ kind: 'running' });
  });

  it.each([
    ['no number', { sequence: 0 }],
    ['no moment', { at: -1 }],
    ['a value of a megabyte', { value: 'x'.repeat(1_000_000) }],
  ])('is refused with %s', (_, wrong) => {
    expect(hubPauseSchema.safeParse({ ...paused, ...wrong }).success).toBe(false);
  });
});

describe('the own pause and that of the hub', () => {
  const own = parsePause('Anna works on the database', NOW);
  const ownRuns = parsePause('running', NOW);

  it('both pause, and it is said which', () => {
    expect(bothPauses(own, running, NOW)).toEqual({ kind: 'paused', why: 'the pause switch says: Anna works on the database' });
    expect(bothPauses(ownRuns, paused, NOW)).toEqual({ kind: 'paused', why: "the hub's pause switch says: a bad release" });
    expect(bothPauses(own, paused, NOW)).toEqual({
      kind: 'paused',
      why: "the pause switch says: Anna works on the database; the hub's pause switch says: a bad release",
    });
    expect(bothPauses(ownRuns, running, NOW)).toEqual({ kind: 'running' });
  });

  it('are told by the own one where it pauses or is missing', () => {
    const entry = { value: 'mine', at: NOW, by: 'ben' };
    expect(toldEntry(entry, paused, NOW)).toEqual(entry);
    expect(toldEntry(undefined, paused, NOW)).toBeUndefined();
  });

  it("are told by the hub's where only that pauses, and where it was the last to end", () => {
    const entry = { value: 'running', at: NOW - HOUR, by: 'ben' };
    expect(toldEntry(entry, paused, NOW)).toEqual({ value: 'a bad release', at: NOW, by: ANNA, whose: "the hub's pause switch" });
    expect(toldEntry(entry, running, NOW)).toMatchObject({ value: 'running', by: ANNA });
    expect(toldEntry({ ...entry, at: NOW + HOUR }, running, NOW)).toMatchObject({ by: 'ben' });
  });
});
