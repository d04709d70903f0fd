/** `npm run cost`: what the synthesized stack costs a month for its alarms and metrics. */
import { Command } from 'commander';
import { costOutput, pricesOf } from './heal/cost.ts';
import { counted } from './heal/counted.ts';
import { givenJson, givenText } from './heal/given-file.ts';
import { runInTwoLines } from './in-two-lines.ts';
import { synthesizedTemplate } from './synthesized-template.ts';

const { instances, template, prices } = new Command('cost')
  .description('Monthly cost of the alarms and metrics of a synthesized template, with its nested stacks. Run `npm run synth` first.')
  .option('--instances <n>', 'instances in each fleet that is a tag or a group', counted, 100)
  .option('--template <file>', 'the template', 'cdk.out/SelfHealing.template.json')
  .option('--prices <file>', 'JSON file with your prices in dollars (default: US list prices)')
  .parse()
  .opts<{ readonly instances: number; readonly template: string; readonly prices?: string }>();

runInTwoLines(() => {
  const given = prices === undefined ? undefined : pricesOf(givenText(prices, 'name a file with your prices, or leave --prices out'));
  givenJson(template, 'make it with "npm run synth", or name a synthesized template with --template');
  console.log(costOutput(synthesizedTemplate(template), instances, given).text);
});
