import { anIncident, aPolicy, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { fakePorts } from '@self-healing/simulation/doubles/fake-ports.ts';
import { fakeSweep } from '@self-healing/simulation/doubles/fake-sweep.ts';
import { runs } from '@self-healing/simulation/random-input.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TryAgain } from '../../lambdas/core/failure.ts';
import { concludeBroken, MOST_CONCLUDED } from '../../lambdas/steps/conclude-broken.ts';

const policy = aPolicy();

/** Workflows that broke one after the other; some can never be concluded. */
const someBroken = fc.record({
  good: fc.integer({ min: 1, max: 2 * MOST_CONCLUDED }),
  hopeless: fc.integer({ min: 0, max: MOST_CONCLUDED - 1 }),
  hopelessFirst: fc.boolean(),
});

describe('workflows that broke', () => {
  it('are all concluded within as many sweeps as their number needs, whatever cannot be concluded beside them', async () => {
    await fc.assert(
      fc.asyncProperty(someBroken, async ({ good, hopeless, hopelessFirst }) => {
        const world = fakePorts();
        const { ports, record } = fakeSweep(world);
        const all = good + hopeless;
        const isHopeless = (number: number) => (hopelessFirst ? number < hopeless : number >= good);
        for (let number = 0; number < all; number += 1) {
          const id = number.toString(16).padStart(64, '0');
          record.broken.push({ incidentId: id, brokenAt: NOW - 60 * MINUTE + number, how: 'failed' });
          const target = { kind: 'instance', id: `i-${number.toString(16).padStart(8, '0')}` } as const;
          record.lastWords.set(id, { state: { incident: anIncident({ id, target }), policy }, why: '' });
        }
        const lastWords = async (id: string) => {
          if (isHopeless(Number.parseInt(id, 16))) throw new TryAgain('describe the execution: ThrottlingException', undefined);
          return ports.broken.lastWords(id);
        };
        const sweeps = Math.ceil(all / MOST_CONCLUDED) + Math.ceil(hopeless / MOST_CONCLUDED);
        for (let sweep = 0; sweep < sweeps; sweep += 1)
          await concludeBroken({ ...ports, broken: { ...ports.broken, lastWords } }, [], NOW + sweep * 5 * MINUTE);
        expect(world.items.closedAt.size).toBe(good);
      }),
      { numRuns: runs(6) },
    );
  });
});
