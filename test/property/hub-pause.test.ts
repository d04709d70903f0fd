import { MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { runs } from '@self-healing/simulation/random-input.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bothPauses, type HubPause, heard, isLater } from '../../lambdas/core/hub/hub-pause.ts';
import { parsePause, RUNNING } from '../../lambdas/core/pause.ts';

const someValue = fc.constantFrom(RUNNING, 'a bad release', '', 'noon [until 2026-11-02T10:25:00.000Z]', 'Running');

/** Settings of one switch in the order in which they were made; now and then it was deleted and made anew, and counts from 1 again. */
const someSettings = fc
  .array(fc.record({ value: someValue, gap: fc.nat(3), isNew: fc.nat(9).map((n) => n === 0) }), { minLength: 1, maxLength: 8 })
  .map((made) => {
    const settings: HubPause[] = [];
    let [at, sequence] = [NOW, 0];
    for (const { value, gap, isNew } of made) {
      // Only a new switch needs another moment: it cannot be deleted and made in the same one.
      at += isNew ? gap + 1 : gap;
      sequence = isNew ? 1 : sequence + 1;
      settings.push({ value, at, sequence, by: 'arn:aws:iam::999988887777:user/anna' });
    }
    return settings;
  });

/** What arrives at a pipeline: some of them, in any order, some twice, at any time after they were set. */
const someDeliveries = someSettings.chain((settings) =>
  fc.record({
    settings: fc.constant(settings),
    arrivals: fc.array(fc.constantFrom(...settings), { maxLength: 20 }),
  }),
);

const own = fc.constantFrom(RUNNING, 'Ben works on the database', undefined);
const LATER = NOW + 30 * MINUTE;

describe("the hub's pause, in whatever order its events come", () => {
  it('is the last one that arrived at all, and never an earlier one', () => {
    fc.assert(
      fc.property(someDeliveries, ({ settings, arrivals }) => {
        const kept = arrivals.reduce<HubPause | undefined>((known, told) => heard(known, told, LATER), undefined);
        expect(kept).toEqual(settings.findLast((setting) => arrivals.includes(setting)));
      }),
      { numRuns: runs(100) },
    );
  });

  it('grows only later, and stays the same when it comes again', () => {
    fc.assert(
      fc.property(someDeliveries, ({ arrivals }) => {
        let known: HubPause | undefined;
        for (const told of arrivals) {
          const next = heard(known, told, LATER);
          if (known && next !== known) expect(isLater(next as HubPause, known)).toBe(true);
          expect(heard(next, told, LATER)).toEqual(next);
          known = next;
        }
      }),
      { numRuns: runs(100) },
    );
  });

  it('never ends a pause that the account set itself, and its end never lets a pipeline run that its own switch stops', () => {
    fc.assert(
      fc.property(someDeliveries, own, fc.nat(60), ({ arrivals }, value, minutes) => {
        const now = NOW + minutes * MINUTE;
        const ownPause = parsePause(value, now);
        let known: HubPause | undefined;
        for (const told of arrivals) {
          known = heard(known, told, now);
          const both = bothPauses(ownPause, known, now);
          if (ownPause.kind === 'paused') expect(both.kind).toBe('paused');
          const hub = known && parsePause(known.value, now);
          expect(both.kind).toBe(ownPause.kind === 'paused' || hub?.kind === 'paused' ? 'paused' : 'running');
        }
      }),
      { numRuns: runs(100) },
    );
  });

  it('is not changed by what is dated ahead, whatever it says', () => {
    fc.assert(
      fc.property(someSettings, someValue, fc.integer({ min: 1, max: 1e9 }), (settings, value, ahead) => {
        const known = settings.reduce<HubPause | undefined>((before, told) => heard(before, told, LATER), undefined);
        const forged = { value, at: LATER + MINUTE + ahead, sequence: 1_000_000, by: 'nobody' };
        expect(heard(known, forged, LATER)).toEqual(known);
      }),
      { numRuns: runs(100) },
    );
  });
});
