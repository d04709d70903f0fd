import { defineConfig } from 'vitest/config';
import { SOAK } from './packages/simulation/random-input.ts';
import { LongestFirst } from './test/support/longest-first.ts';

/** Local servers, containers and the CDK take their time, more so beside others; a test that hangs is still ended. */
const SLOW_TEST_MILLISECONDS = 300_000;

/** Deploying takes most of a minute on a quiet machine, and many times that where others use it, too. */
const DEPLOYED_WITHIN_MILLISECONDS = 1_200_000;

// The CDK's own validation takes half of every synthesis. It has a test that asks for it, with every example
// (`test/infrastructure/witness-templates.test.ts`).
process.env.CDK_VALIDATION ??= 'false';

// Nor is an eighth of every synthesis wanted, which only tells a reader of an error where a construct was made.
process.env.CDK_CONTEXT_JSON ??= JSON.stringify({ 'aws:cdk:disable-creation-stack-traces': true });

// Tests start hundreds of programs, which all read the same modules.
process.env.NODE_COMPILE_CACHE ??= `${import.meta.dirname}/node_modules/.cache/compile`;

/** Installs what nodes and servers need, once, before the first of them starts. */
const onThisMachine = ['test/support/machine-programs.ts'];

/** What only calculates: a file at once for each core, and no file loads again what another has loaded. */
const calculates = {
  isolate: false,
  maxWorkers: '100%',
  setupFiles: ['test/support/same-random-input.ts'],
  globalSetup: ['test/support/temporary-folder.ts'],
  // It stands back behind contract tests, for as long as these have something to do.
  testTimeout: 4 * SLOW_TEST_MILLISECONDS,
  hookTimeout: 4 * SLOW_TEST_MILLISECONDS,
};

/** One project for each kind of test, by folder: `npx vitest run --project unit`. `npm test` runs several processes (`test/jobs.ts`). */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    // Node.js loads the sources by itself, from the cache of compiled code, and as they run elsewhere. Vitest's own loader would compile
    // each in every process, and makes an access to a property of whatever a module imports. Mocks of modules would need it; there are none.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    reporters: ['default', './test/support/durations-of-kinds.ts'],
    projects: [
      project('unit', 1, calculates),
      project('property', 2, { ...calculates, testTimeout: 4 * SLOW_TEST_MILLISECONDS * SOAK }),
      project('infrastructure', 2, calculates),
      // They meet real processes at their own pace, hence one repetition, which the report shows. Most of the time they wait for
      // servers and nodes, so there are more files at once than a small machine has cores.
      project('contract', 3, {
        ...slow(),
        retry: 1,
        maxWorkers: 4,
        globalSetup: [...onThisMachine, 'packages/local-aws/testing/shared-ministack.ts'],
      }),
      project('e2e', 4, {
        ...slow(),
        hookTimeout: DEPLOYED_WITHIN_MILLISECONDS,
        // Every file waits for a stage of its own most of the time.
        maxWorkers: 6,
        globalSetup: onThisMachine,
      }),
    ],
  },
});

function project(name: string, groupOrder: number, options: object) {
  return {
    extends: true as const,
    test: {
      name,
      // Of braces with a slash in them nothing is known of a folder that cannot match, and all folders are searched: those of running
      // nodes show the whole machine.
      include: ['', 'packages/*/', 'rehearsal/'].map((folder) => `${folder}test/${name}/**/*.test.ts`),
      sequence: { groupOrder },
      ...options,
    },
  };
}

function slow() {
  // Without a limit of its own a poll would give up after a second, which a busy machine may need for one look.
  return { testTimeout: SLOW_TEST_MILLISECONDS, hookTimeout: SLOW_TEST_MILLISECONDS, expect: { poll: { timeout: 60_000 } } };
}
