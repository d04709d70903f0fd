import { afterAll, inject } from 'vitest';

/** What Stryker's counters have seen: of loading modules, and of each test. */
interface Coverage {
  readonly static: object;
  perTest: object;
}

/**
 * Hands the mutation tester what one file of tests has covered, and forgets it. Without isolation it would hand on all that
 * the files before have covered, too, for every file anew: more than a process can hold.
 */
const counted = (globalThis as unknown as Record<string, { mutantCoverage?: Coverage; counting?: Coverage }>)[
  inject('globalNamespace' as never) as string
];

if (counted) {
  // The counters write into the first one that they met.
  counted.counting ??= counted.mutantCoverage;
  if (counted.counting) counted.mutantCoverage = counted.counting;
  // biome-ignore lint/correctness/noEmptyPattern: Vitest wants a pattern for what a hook does not use.
  afterAll(({}, { meta }) => {
    counted.counting ??= counted.mutantCoverage;
    if (!counted.counting) return;
    const ofFile = { ...counted.counting };
    counted.counting.perTest = {};
    counted.mutantCoverage = ofFile;
    (meta as { mutantCoverage?: Coverage }).mutantCoverage = ofFile;
  });
}
