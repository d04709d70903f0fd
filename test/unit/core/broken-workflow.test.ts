import { HOUR, MINUTE, NOW, SECOND } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { type BrokenWorkflow, dueForRepair, type RepairNote } from '../../../lambdas/core/broken-workflow.ts';

const broken = (incidentId: string, minutesAgo: number): BrokenWorkflow => ({
  incidentId,
  brokenAt: NOW - minutesAgo * MINUTE,
  how: 'failed',
});
const due = (all: readonly BrokenWorkflow[], notes: Readonly<Record<string, RepairNote>> = {}, most = 10) =>
  dueForRepair(all, new Map(Object.entries(notes)), most, NOW).map(({ incidentId }) => incidentId);

describe('of the workflows that broke', () => {
  it('the one that waits longest is repaired first', () => {
    expect(due([broken('new', 5), broken('old', 50), broken('middle', 20)], {}, 2)).toEqual(['old', 'middle']);
  });

  it('of those that were tried at the same time the one that broke first is repaired first', () => {
    const note = { failures: 1, at: NOW - 5 * MINUTE };
    const [older, newer] = [broken('older', 50), broken('newer', 20)];
    expect(due([older, newer], { older: note, newer: note })).toEqual(['older', 'newer']);
    expect(due([newer, older], { older: note, newer: note })).toEqual(['older', 'newer']);
  });

  it('those that are done take no place', () => {
    expect(due([broken('done', 50), broken('left', 5)], { done: { done: true, failures: 0, at: NOW - MINUTE } }, 1)).toEqual(['left']);
  });

  it('one that was tried in vain lets the others go first, and is tried again in its turn', () => {
    const failed = { failures: 1, at: NOW - 10 * MINUTE };
    expect(due([broken('failed', 50), broken('longer', 20), broken('shorter', 5)], { failed })).toEqual(['longer', 'failed', 'shorter']);
  });

  it('one of which people were told is tried once an hour', () => {
    const told = (at: number): Readonly<Record<string, RepairNote>> => ({ told: { failures: 3, told: true, at } });
    expect(due([broken('told', 90)], told(NOW - HOUR + SECOND))).toEqual([]);
    expect(due([broken('told', 90)], told(NOW - HOUR))).toEqual(['told']);
  });

  it('one whose function may still be at work is left alone', () => {
    expect(due([{ ...broken('fresh', 0), brokenAt: NOW - 89 * SECOND }])).toEqual([]);
    expect(due([{ ...broken('fresh', 0), brokenAt: NOW - 90 * SECOND }])).toEqual(['fresh']);
  });
});
