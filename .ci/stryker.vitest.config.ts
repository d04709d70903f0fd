import { defineConfig } from 'vitest/config';

const root = `${import.meta.dirname}/..`;

/** The tests that mutants of the core must not survive: those of the core and of what is built on it, and its quick properties. */
export default defineConfig({
  root,
  // The changed copy has the packages of its own tree, and not those that node_modules links to, which import the unchanged core.
  resolve: { alias: [{ find: /^@self-healing\//, replacement: `${root}/packages/` }] },
  test: {
    // As of the properties elsewhere: the first run measures every test, beside whatever else the machine does.
    testTimeout: 120_000,
    // Nearly all of a mutant's second was spent on loading the same modules anew for each file.
    isolate: false,
    // A mutant is judged by the same input as the one before.
    setupFiles: ['test/support/same-random-input.ts', '.ci/coverage-of-one-file.ts'],
    include: [
      'test/unit/{core,steps,heal,remediators}/**/*.test.ts',
      'test/property/{decisions,legible-state,redaction,verification}.test.ts',
    ],
  },
});
