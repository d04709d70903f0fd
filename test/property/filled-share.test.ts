import { execFileSync } from 'node:child_process';
import { runs } from '@self-healing/simulation/random-input.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Fill, fillOf, fillSchema, MOST_FILLED_PERCENT } from '../../lambdas/core/drill-fill.ts';
import { documentScript } from '../support/document-script.ts';

const [blocksToTake = ''] = /^blocks_to_take\(\) \{[\s\S]*?^\}/m.exec(documentScript('fill-folder')) ?? [];

/** Blocks in all, free ones, and those of them that users can have; up to 32 EiB of 4 KiB blocks. */
const fileSystem = fc
  .tuple(fc.bigInt({ min: 1n, max: 2n ** 43n }), fc.nat({ max: 1_000_000 }), fc.nat({ max: 1_000_000 }))
  .map(([blocks, free, available]) => {
    const freeBlocks = (blocks * BigInt(free)) / 1_000_000n;
    return { blocks, free: freeBlocks, available: (freeBlocks * BigInt(available)) / 1_000_000n };
  });

describe('what a drill for real takes of a file system of any size', () => {
  it('is in the script as it runs', () => {
    expect(blocksToTake).toContain('wanted=');
  });

  it('never makes it fuller than was asked for, and never takes more than there is', () => {
    const some = fc.array(fc.tuple(fc.integer({ min: 1, max: MOST_FILLED_PERCENT }), fileSystem), { minLength: 200, maxLength: 400 });
    fc.assert(
      fc.property(some, (asked) => {
        const input = asked.map(([percent, { blocks, free, available }]) => `${percent} ${blocks} ${free} ${available}\n`).join('');
        const script = `${blocksToTake}\nwhile read -r percent blocks free available; do blocks_to_take "$percent" "$blocks" "$free" "$available"; done`;
        const taken = execFileSync('sh', ['-euc', script], { input, encoding: 'utf8' }).trim().split('\n').map(BigInt);
        expect(taken).toHaveLength(asked.length);
        for (const [index, [percent, { blocks, free, available }]] of asked.entries()) {
          const take = taken[index] ?? 0n;
          if (take < 1n) continue;
          const used = blocks - free;
          expect(take <= available).toBe(true);
          expect((used + take) * 100n <= BigInt(percent) * (used + available)).toBe(true);
        }
      }),
      { numRuns: runs(10) },
    );
  });
});

describe('what a drill for real may fill, of any threshold and any folders', () => {
  it('is more than the threshold and at most nine tenths, or is not filled at all and says why', () => {
    const folders = fc.array(fc.constantFrom('/tmp', '/var/tmp', '/srv/app/tmp'), { maxLength: 3 });
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 99.9, noNaN: true }), folders, fc.boolean(), (above, cleared, isWatched) => {
        const filled = fillOf({ name: 'Web-disk', ...(isWatched && { fileSystem: { path: '/', above } }) }, cleared);
        if ('why' in filled) {
          expect(!isWatched || cleared.length === 0 || above > 89).toBe(true);
          return;
        }
        const { percent }: Fill = fillSchema.parse(filled);
        expect([percent > above, percent <= MOST_FILLED_PERCENT, isWatched && cleared.length > 0]).toEqual([true, true, true]);
      }),
    );
  });
});
