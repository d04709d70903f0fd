/** `npm run cost`: what the synthesized stack costs a month for its alarms and metrics. */
import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { monthlyCost, totalOf } from '../lib/monthly-cost.ts';
import { columns } from './heal/columns.ts';

function count(typed: string): number {
  if (!/^[1-9]\d{0,5}$/.test(typed)) throw new InvalidArgumentError('must be a number of instances');
  return Number(typed);
}

const { instances, template } = new Command('cost')
  .description('Monthly cost of the alarms and metrics of a synthesized template, at US list prices. Run `npm run synth` first.')
  .option('--instances <n>', 'instances in each fleet that is a tag or a group', count, 100)
  .option('--template <file>', 'the template', 'cdk.out/SelfHealing.template.json')
  .parse()
  .opts<{ readonly instances: number; readonly template: string }>();

const lines = monthlyCost(JSON.parse(readFileSync(template, 'utf8')), instances);
const dollarsOf = (amount: number) => amount.toFixed(2);
const rows = lines.map(({ what, quantity, dollars }) => [dollarsOf(dollars), `${Math.round(quantity)} ${what}`]);
console.log(columns([...rows, [dollarsOf(totalOf(lines)), `dollars a month with ${instances} instances`]], { numbers: [0] }));
