import { addCommand, answeringOf, type Given, type HealCommand } from '../command.ts';
import { history as ends, type HistoryFilter } from '../history.ts';
import { type Since, sinceOption } from '../since.ts';

export const history: HealCommand = {
  addTo(program) {
    addCommand(program, 'history', 'how incidents ended, and events that opened none')
      .addOption(sinceOption('1d'))
      .option('--target <id>', 'only of this target')
      .option('--policy <name>', 'only of this policy')
      .action((given: Given & Since & HistoryFilter) => answeringOf(given, (operator, now) => ends(operator, now - given.since, given)));
  },
  json: { eachOf: { at: 'when', kind: '`outcome`, `rejected` or `operator`', policy: 'the policy', text: 'one sentence for people' } },
};
