import { defineConfig } from 'vitest/config';

/** Local servers, containers and the CDK take their time; a test that hangs is still ended. */
const SLOW_TEST_MILLISECONDS = 180_000;

/** One project for each kind of test, by folder: `vitest run --config test/vitest.config.ts --project unit`. */
export default defineConfig({
  root: `${import.meta.dirname}/..`,
  test: {
    projects: [
      project('unit', {}),
      project('property', { testTimeout: 60_000 }),
      // Loading the CDK takes longer than its tests: it is loaded once for all files.
      project('infrastructure', { testTimeout: 60_000, hookTimeout: 60_000, isolate: false, fileParallelism: false }),
      // Their files start servers and nodes of their own; two at once would only make both slow on a small machine. They
      // meet real processes at their own pace, hence one repetition, which the report shows.
      project('contract', { ...slow(), retry: 1, fileParallelism: false, globalSetup: 'test/support/shared-ministack.ts' }),
      project('e2e', { ...slow(), fileParallelism: false }),
    ],
  },
});

function project(name: string, options: object) {
  return { extends: true as const, test: { name, include: [`test/${name}/**/*.test.ts`], ...options } };
}

function slow() {
  return { testTimeout: SLOW_TEST_MILLISECONDS, hookTimeout: SLOW_TEST_MILLISECONDS };
}
