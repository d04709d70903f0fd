import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fn, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { synthesizedTemplate } from '../../bin/synthesized-template.ts';
import { WideStack } from '../../docs/examples/wide-stack.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { type CostLine, monthlyCost, totalOf } from '../../lib/monthly-cost.ts';
import type { FleetProtection } from '../../lib/protection.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { defaultTemplate } from '../support/template.ts';

/** What the same app cost with detailed monitoring, every roll-up of the docs, and alarms on status checks. */
const BEFORE = 481;

const costOf = (template: Template, instances: number) => monthlyCost(template.toJSON() as Parameters<typeof monthlyCost>[0], instances);
const line = (lines: readonly CostLine[], words: string) => lines.find(({ what }) => what.includes(words));

function protecting(props: FleetProtection): Template {
  const stack = new Stack(unbundledApp(), 'Cost');
  new HealingPipeline(stack, 'Healing').protectFleet('Web', props);
  return Template.fromStack(stack);
}

describe('the monthly cost', () => {
  it('of the default app with 100 tagged instances is at most half of what it was', () => {
    const lines = costOf(defaultTemplate(), 100);
    expect(line(lines, 'alarms on fleets')?.quantity).toBe(400);
    expect(line(lines, "agents' metrics")?.quantity).toBe(500);
    expect(totalOf(lines)).toBeLessThanOrEqual(BEFORE / 2);
  });

  it('is what the page about cost says, to a cent', () => {
    const page = readFileSync(`${import.meta.dirname}/../../docs/cost.md`, 'utf8').split('\n');
    const rowOf = (words: string) => page.find((row) => row.startsWith(`| ${words}`)) ?? '';
    const said = (words: string) => Number(/\| \$([\d.]+) \|$/.exec(rowOf(words))?.[1]);
    const inCents = (dollars: number) => Number(dollars.toFixed(2));
    const lines = costOf(defaultTemplate(), 100);
    for (const { what, quantity, dollars } of lines.filter((each) => each.quantity > 0)) {
      expect(said(what), what).toBe(inCents(dollars));
      const [, , alone] = /^\|([^|]+)\| (\d+) \|/.exec(rowOf(what)) ?? [];
      if (alone !== undefined) expect(Number(alone), what).toBe(quantity);
    }
    expect(said('**in all**')).toBe(inCents(totalOf(lines)));
    expect(page.find((row) => row.startsWith('| **in all**'))).toContain(`| $${BEFORE} |`);
  });

  it('of policies in nested stacks is that of the same policies in one stack', () => {
    const [one, spread] = [false, true].map((spread) => {
      const app = unbundledApp();
      const stack = new WideStack(app, 'Wide', { policies: 20, spread });
      return monthlyCost(synthesizedTemplate(join(app.synth().directory, stack.templateFile)), 100);
    });
    expect(line(spread ?? [], 'alarms on fleets')?.quantity).toBeGreaterThan(0);
    expect(spread).toEqual(one);
  });

  it('of alarms is the same with shards, each of which analyses its own part', () => {
    const [one, four] = [1, 4].map((shards) =>
      costOf(protecting({ fleet: Fleet.tagged('SelfHeal', 'enabled'), memory: {}, shards }), 1_000),
    );
    expect(line(four ?? [], 'alarms on fleets')?.quantity).toBe(1_000);
    expect(line(four ?? [], 'alarms on fleets')).toEqual(line(one ?? [], 'alarms on fleets'));
  });

  it('of listed instances goes by the list, whatever number is asked for', () => {
    const lines = costOf(protecting({ fleet: Fleet.ofInstances(['i-0123456789abcdef0', 'i-0fedcba9876543210']), memory: {} }), 1_000);
    expect(line(lines, "agents' metrics")?.quantity).toBe(2);
    expect(line(lines, 'alarms on fleets')?.quantity).toBe(0);
  });

  it('of the fleets that were counted goes by their members, whose names may begin alike', () => {
    const stack = new Stack(unbundledApp(), 'Cost');
    const healing = new HealingPipeline(stack, 'Healing');
    for (const id of ['Web', 'Web-2']) healing.protectFleet(id, { fleet: Fleet.tagged('SelfHeal', id.toLowerCase()), memory: {} });
    const template = Template.fromStack(stack).toJSON() as Parameters<typeof monthlyCost>[0];
    const named = (id: string) => `healing/${id}/`;
    const lines = monthlyCost(template, [
      { named: named('Web'), members: 3 },
      { named: named('Web-2'), members: 5 },
    ]);
    expect(line(lines, 'alarms on fleets')?.quantity).toBe(8);
    expect(line(lines, "agents' metrics")?.quantity).toBe(8);
    expect(line(monthlyCost(template, [{ named: 'another', members: 4 }]), 'alarms on fleets')?.quantity).toBe(8);
  });

  it('goes by the prices that are given', () => {
    const template = defaultTemplate().toJSON() as Parameters<typeof monthlyCost>[0];
    const free = { customMetric: 0, alarmMetric: 1, compositeAlarm: 0, thousandMetricsRead: 0, dashboard: 0 };
    expect(totalOf(monthlyCost(template, 100, free))).toBe(
      monthlyCost(template, 100)
        .filter(({ what }) => what.startsWith('alarms') || what.startsWith('other alarms'))
        .reduce((sum, { quantity }) => sum + quantity, 0),
    );
  });

  it('of agents is nothing where they are left to the team', () => {
    const lines = costOf(protecting({ fleet: Fleet.tagged('SelfHeal', 'enabled'), memory: {}, agent: false }), 100);
    expect(line(lines, "agents' metrics")?.dollars).toBe(0);
    expect(line(lines, 'metrics read')?.dollars).toBe(0);
  });

  it('is the same where names are known only at deployment', () => {
    for (const agent of [true, false]) {
      const of = (group: string, path: string) =>
        costOf(protecting({ fleet: Fleet.ofAutoScalingGroup(group), memory: {}, disk: { path }, agent }), 100);
      expect(of(Fn.importValue('group'), Fn.importValue('path'))).toEqual(of('web', '/srv'));
    }
  });

  it('has the metrics about the agents once for each fleet', () => {
    const stack = new Stack(unbundledApp(), 'Cost');
    const healing = new HealingPipeline(stack, 'Healing');
    const own = (template: Template) => line(costOf(template, 100), "pipeline's own")?.quantity ?? 0;
    const one = own(protecting({ fleet: Fleet.tagged('SelfHeal', 'enabled'), memory: {} }));
    for (const value of ['web', 'admin']) healing.protectFleet(value, { fleet: Fleet.tagged('SelfHeal', value), memory: {} });
    expect(own(Template.fromStack(stack))).toBe(one + 2);
  });
});
