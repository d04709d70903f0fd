/** Synthesizes a pipeline with so many policies, each a fleet of its own, and prints what came of it. The functions are not bundled. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';

const [count = '1', outdir = 'cdk.out'] = process.argv.slice(2);
const app = new App({ outdir, context: { 'aws:cdk:bundling-stacks': [] }, analyticsReporting: false });
const healing = new HealingPipeline(new Stack(app, 'Many'), 'Healing', { notify: { emails: ['bench@example.com'] } });
for (let number = 1; number <= Number(count); number += 1) {
  const fleet = Fleet.tagged('Team', `team-${number}`);
  healing.protectFleet(`Team${number}`, { fleet, service: 'nginx', serviceDown: {} });
}
app.synth();

const templates = readdirSync(outdir)
  .filter((name) => name.endsWith('.template.json'))
  .map((name) => `${outdir}/${name}`);
const resources = templates.map((file) => Object.keys(JSON.parse(readFileSync(file, 'utf8')).Resources ?? {}).length);
console.log(
  JSON.stringify({
    templates: templates.length,
    resources: Math.max(...resources),
    bytes: Math.max(...templates.map((file) => statSync(file).size)),
  }),
);
