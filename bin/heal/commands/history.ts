import { Option } from 'commander';
import { addCommand, answeringOf, type Given, type HealCommand } from '../command.ts';
import { examples } from '../examples.ts';
import { history as ends, type HistoryChoice } from '../history.ts';
import { limitOption } from '../limit.ts';
import { nameArgument } from '../name-argument.ts';
import { type Since, sinceOption } from '../since.ts';
import { type Watch, watchOption } from '../watch.ts';

const MOST_SHOWN = 100;

export const history: HealCommand = {
  addTo(program) {
    addCommand(program, 'history', 'how incidents ended and what was done, events that opened none, and what operators did')
      .addOption(sinceOption('1d'))
      .option('--target <id>', 'only of this target, by its id', nameArgument)
      .option('--policy <name>', 'only of this policy', nameArgument)
      .option('--operators', 'only what operators did')
      .addOption(new Option('--all', 'also events of an alarm as a whole, of which its contributors name the targets'))
      .addOption(watchOption())
      .addOption(limitOption(`${MOST_SHOWN}, with --json all`))
      .addHelpText('after', examples('history --since 7d --policy Fleet-memory', 'history --operators --since 30d'))
      .action((given: Given & Watch & Since & HistoryChoice) =>
        answeringOf(given, (operator, now, screen) =>
          ends(operator, now - given.since, { ...(!given.json && { limit: MOST_SHOWN }), ...given }, screen),
        ),
      );
  },
  json: {
    eachOf: {
      at: 'when, in UTC',
      kind: '`outcome` of an incident, `rejected` of an event that opened none, `operator` of what one did, or `pause` of the switch',
      policy: 'the policy; `(all)` where it concerns no single one',
      text: 'one sentence for people',
      '…': 'and the fields of its kind, as [History](history.md) has them',
    },
  },
};
