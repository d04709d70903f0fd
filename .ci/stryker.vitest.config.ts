import { defineConfig } from 'vitest/config';

/** The tests that mutants of the core must not survive: those of the core and of the steps, which take milliseconds each. */
export default defineConfig({
  root: `${import.meta.dirname}/..`,
  test: { include: ['test/unit/core/**/*.test.ts', 'test/unit/steps/**/*.test.ts'] },
});
