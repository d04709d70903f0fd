import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { runs } from '../../random-input.ts';
import type { SimulationSummary } from '../../report/summary.ts';
import { summaryPage } from '../../report/summary-page.ts';
import { summaryText } from '../../report/summary-text.ts';
import { runSimulation } from '../../run-simulation.ts';
import { simulationScenarios } from '../../scenarios/registry.ts';
import type { SimulationScenario } from '../../scenarios/scenario.ts';

/** A soak makes a hundred thousand. */
const DELIVERIES = runs(10_000);
const TARGETS = runs(1_000);

function named(name: string): SimulationScenario {
  const found = simulationScenarios.find((scenario) => scenario.name === name);
  if (!found) throw new Error(`no scenario ${name}`);
  return found;
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

describe('the simulator', () => {
  it.each(simulationScenarios.map(({ name }) => name))('plays %s on 300 targets within every invariant and limit', async (name) => {
    const { breaches, duplicateActs, peaks, incidents, ends } = await runSimulation(named(name), 300, 3);
    expect(breaches).toEqual([]);
    expect(duplicateActs).toBe(0);
    for (const { most, limit } of Object.values(peaks)) expect(most).toBeLessThanOrEqual(limit);
    expect(total(ends), 'every incident has an end').toBe(incidents);
  });

  it(`has no duplicate act in ${DELIVERIES} deliveries`, async () => {
    let deliveries = 0;
    let acts = 0;
    for (let seed = 1; deliveries < DELIVERIES; seed += 1) {
      const summary = await runSimulation(named('duplicates'), TARGETS, seed);
      expect({ seed, breaches: summary.breaches, duplicateActs: summary.duplicateActs }).toEqual({ seed, breaches: [], duplicateActs: 0 });
      deliveries += summary.events.deliveries;
      acts += total(summary.acts);
    }
    expect(acts).toBeGreaterThan(0);
  });

  it('says the same of the same seed, and something else of another', async () => {
    const [one, same, other] = [
      await runSimulation(named('everyday'), 500, 5),
      await runSimulation(named('everyday'), 500, 5),
      await runSimulation(named('everyday'), 500, 6),
    ];
    const withoutTime = ({ took: _, ...summary }: SimulationSummary) => summary;
    expect(withoutTime(same)).toEqual(withoutTime(one));
    expect(withoutTime(other)).not.toEqual(withoutTime(one));
  });

  it('shows a breach', async () => {
    const summary = { ...(await runSimulation(named('storm'), 100, 1)), breaches: ['one act in flight: <two>'] };
    expect(summaryText(summary, { colors: false })).toContain('1 breaches of the invariants:\n  one act in flight: <two>');
    expect(summaryPage(summary)).toContain('one act in flight: &lt;two&gt;');
  });
});

describe('npm run simulate', () => {
  const simulate = (...given: readonly string[]) =>
    spawnSync(process.execPath, ['packages/simulation/start.ts', ...given], {
      encoding: 'utf8',
      cwd: `${import.meta.dirname}/../../../..`,
    });

  it('prints a summary as JSON', () => {
    const { status, stdout } = simulate('--targets', '50', '--seed', '2', '--scenario', 'storm', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ scenario: 'storm', targets: 50, seed: 2, breaches: [] });
  });

  it('plays without the memory that the CDK took', () => {
    const { took } = JSON.parse(simulate('--targets', '1', '--json').stdout) as SimulationSummary;
    expect(took.peakMegabytes).toBeLessThan(350);
  });

  it.each([
    [['--scenario', 'rain'], 'unknown scenario rain; known are everyday'],
    [['--targets', '0'], 'whole number from 1 to 100000'],
    [['--seed', 'one'], 'whole number'],
    [['--sed', '1'], "unknown option '--sed'"],
  ])('refuses %j', (given, message) => {
    const { status, stderr } = simulate(...given);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });

  it('explains itself', () => {
    expect(simulate('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--scenario') });
  });

  it('lists the scenarios in columns that stay in line', () => {
    const lines = simulate('--list').stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(simulationScenarios.length);
    for (const [index, { name, title }] of simulationScenarios.entries())
      expect(lines[index]).toBe(`${name.padEnd(lines[0]?.indexOf(simulationScenarios[0].title) ?? 0)}${title}`);
  });
});
