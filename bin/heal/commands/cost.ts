import { addCommand, answering, type Given, type HealCommand } from '../command.ts';
import { cost as costs, pricesOf } from '../cost.ts';
import { counted } from '../counted.ts';
import { examples } from '../examples.ts';
import { givenText } from '../given-file.ts';
import { costRights } from '../rights.ts';

interface CostOptions {
  readonly instances?: number;
  readonly prices?: string;
}

export const cost: HealCommand = {
  addTo(program) {
    addCommand(program, 'cost', 'what the alarms and metrics of the deployed pipeline cost a month, with the instances that run now')
      .option('--instances <n>', 'as many in each fleet, in the place of those that run now', counted)
      .option('--prices <file>', 'JSON file with your prices in dollars (default: US list prices)')
      .addHelpText('after', examples('cost', 'cost --instances 500 --prices prices.json'))
      .action(({ instances, prices, ...given }: Given & CostOptions) =>
        answering(
          given,
          async (now) =>
            costs(
              given.pipeline,
              given,
              {
                ...(instances !== undefined && { instances }),
                ...(prices !== undefined && { prices: pricesOf(givenText(prices, 'name a file with your prices, or leave --prices out')) }),
              },
              now,
            ),
          { rights: costRights(given) },
        ),
      );
  },
  json: {
    lines: '`what` is paid for, its `quantity` and its `dollars` a month',
    dollars: 'all of it, a month',
    counted: 'the number that was given, or the fleets that were counted: `named`, `members`',
    prices: 'the prices by which it was computed',
  },
};
