import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The files that take longest of their kind, from the longest on. Begun first, they end with the others; begun last, they keep one core
 * busy while the other has nothing to do.
 */
export const longest: readonly string[] = [
  'test/e2e/sweep-and-approvals.test.ts',
  'test/e2e/rehearsal.test.ts',
  'test/e2e/deliveries-and-deaths.test.ts',
  'test/e2e/chaos.test.ts',
  'test/e2e/drills.test.ts',
  'test/e2e/many-accounts.test.ts',
  'test/e2e/storm.test.ts',
  'test/contract/restart-service-units.test.ts',
  'test/contract/restart-service-managers.test.ts',
  'test/contract/kept-by-deployments.test.ts',
  'test/contract/clear-caches-document.test.ts',
  'test/contract/configure-agent-document.test.ts',
  'test/infrastructure/witness-templates.test.ts',
  'test/infrastructure/package.test.ts',
  'packages/simulation/test/property/invariants-can-fail.test.ts',
  'test/infrastructure/witness-permissions.test.ts',
  'packages/simulation/test/property/simulation.test.ts',
  'test/infrastructure/wide-pipelines.test.ts',
  'test/infrastructure/lean-sdk.test.ts',
];

/** Where a file stands among the longest; behind them all when it is none of them. */
function rank({ moduleId }: TestSpecification): number {
  const place = longest.findIndex((file) => moduleId.endsWith(`/${file}`));
  return place < 0 ? longest.length : place;
}

/** Begins the longest files first, and the others in the order that vitest has. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}
