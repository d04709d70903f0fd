import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { registry } from '../lambdas/remediators/registry.ts';
import type { FunctionEntry } from '../lib/function-entry.ts';

const handlers = join(import.meta.dirname, '../lambdas/handlers');

/** Every function that a pipeline may have. */
export function functionEntries(): readonly FunctionEntry[] {
  const alone = globSync('*.ts', { cwd: handlers })
    .filter((file) => /^export (const|async function) handler\b/m.test(readFileSync(join(handlers, file), 'utf8')))
    .map((file) => ({ handler: basename(file, '.ts') }));
  return [
    ...alone.toSorted((a, b) => (a.handler < b.handler ? -1 : 1)),
    ...Object.values(registry).flatMap(({ name: remediator, network, giveBack }) => [
      { handler: network === 'database' ? 'remediate-at-database' : 'remediate', remediator },
      ...(giveBack ? [{ handler: 'give-back', remediator }] : []),
    ]),
  ];
}
