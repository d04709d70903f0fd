import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SimulationSummary } from '@self-healing/simulation/report/summary.ts';
import type { Part } from './part.ts';
import { runNode } from './run-node.ts';
import { growth } from './statistics.ts';

const project = join(import.meta.dirname, '..');
const { scripts } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as { scripts: { simulate: string } };
const SIZES = [1_000, 10_000, 100_000];

/** As `npm run simulate` has them: what a step makes is over with the step, and the heap is as large as 100,000 targets need. */
const SIMULATION_FLAGS = scripts.simulate.split(' ').filter((word) => word.startsWith('--'));

export const simulate: Part = {
  name: 'simulate',
  title: 'time and peak memory of npm run simulate, a storm over 1,000, 10,000 and 100,000 targets',
  async run({ seed, say, signal }) {
    const found = [];
    for (const targets of SIZES) {
      say(`simulating a storm over ${targets} targets`);
      const argv = ['packages/simulation/start.ts', '--targets', String(targets), '--seed', String(seed), '--scenario', 'storm', '--json'];
      const run = await runNode([...SIMULATION_FLAGS, ...argv], project, signal);
      if (run.exitCode !== 0 && run.stdout === '')
        throw new Error(`the simulation of ${targets} targets ended with ${run.exitCode}: ${run.stderr}`);
      const { took, breaches, incidents } = JSON.parse(run.stdout) as SimulationSummary;
      const { seconds, cpuSeconds, peakMegabytes } = run;
      found.push({ targets, incidents, seconds, playedSeconds: took.seconds, cpuSeconds, peakMegabytes, breaches: breaches.length });
    }
    const power = growth(found.map(({ targets, playedSeconds }) => ({ amount: targets, time: playedSeconds })));
    return {
      figures: { runs: found, growth: power },
      tables: [
        {
          title: 'Simulated storm',
          head: ['targets', 'seconds', 'of them played', 'CPU s', 'peak MB', 'incidents', 'broken invariants'],
          rows: found.map(({ targets, seconds, playedSeconds, cpuSeconds, peakMegabytes, incidents, breaches }) => [
            targets.toLocaleString('en'),
            seconds.toFixed(1),
            playedSeconds.toFixed(1),
            cpuSeconds.toFixed(1),
            peakMegabytes.toFixed(0),
            incidents.toLocaleString('en'),
            String(breaches),
          ]),
          notes: [`The time grows with the number of targets to the power of ${power.toFixed(2)}; 1 is linear.`],
        },
      ],
    };
  },
};
