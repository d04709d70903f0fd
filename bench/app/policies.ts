/** Synthesizes a pipeline with so many policies, each for an alarm of the user's own on a machine of its own, and prints what came of it. The functions are not bundled. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { Remedy } from '../../lib/remedy.ts';
import { Target } from '../../lib/target.ts';

const [count = '1', outdir = 'cdk.out'] = process.argv.slice(2);
const app = new App({ outdir, context: { 'aws:cdk:bundling-stacks': [] }, analyticsReporting: false });
const stack = new Stack(app, 'Many');
const healing = new HealingPipeline(stack, 'Healing', { notify: { emails: ['bench@example.com'] } });
for (let number = 1; number <= Number(count); number += 1) {
  const alarm = Alarm.fromAlarmName(stack, `Alarm${number}`, `alarm-${number}`);
  const target = Target.instance(`i-0${String(number).padStart(16, '0')}`);
  healing.heal(`Policy${number}`, { alarm, target, ladder: [Remedy.restartService('web')] });
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
