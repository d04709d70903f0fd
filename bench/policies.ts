import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Part } from './part.ts';
import { runNode } from './run-node.ts';

const COUNTS = [1, 10, 100, 300, 500];

interface Assembly {
  readonly templates: number;
  /** Of the template that has most, and of the one that is largest. */
  readonly resources: number;
  readonly bytes: number;
}

type Synthesis = { readonly policies: number; readonly seconds: number; readonly cpuSeconds: number } & (
  | { readonly assembly: Assembly }
  | { readonly error: string }
);

export const policies: Part = {
  name: 'policies',
  title: 'time of cdk synth by the number of policies, without bundling the functions',
  async run({ say, signal, endings }) {
    const folder = await mkdtemp(join(tmpdir(), 'self-healing-bench-'));
    endings.push(() => rm(folder, { recursive: true, force: true }));
    const found: Synthesis[] = [];
    for (const count of COUNTS) {
      say(`synthesizing ${count} policies`);
      const run = await runNode([join(import.meta.dirname, 'app/policies.ts'), String(count), join(folder, String(count))], folder, signal);
      const { seconds, cpuSeconds } = run;
      const outcome = run.exitCode === 0 ? { assembly: JSON.parse(run.stdout) as Assembly } : { error: errorIn(run.stderr) };
      found.push({ policies: count, seconds, cpuSeconds, ...outcome });
    }
    return {
      figures: found,
      tables: [
        {
          title: 'Synthesis',
          head: ['policies', 'seconds', 'CPU s', 'templates', 'most resources', 'largest KB', 'refused'],
          rows: found.map((each) => [
            ...[String(each.policies), each.seconds.toFixed(1), each.cpuSeconds.toFixed(1)],
            ...('error' in each
              ? ['-', '-', '-', each.error]
              : [String(each.assembly.templates), String(each.assembly.resources), (each.assembly.bytes / 1_024).toFixed(0), '']),
          ]),
        },
      ],
    };
  },
};

const LONGEST = 160;

/** What was wrong, of what an uncaught error prints: its first line, and what stands below a heading. */
function errorIn(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const first = lines.findIndex((line) => /^(?:\[?«|\S*Error\b)/.test(line));
  const [said = 'ended without a word', below = ''] = first < 0 ? lines.filter(Boolean).slice(-1) : lines.slice(first);
  return (said.endsWith(':') ? below : said).slice(0, LONGEST);
}
