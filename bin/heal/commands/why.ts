import { addCommand, answeringOf, type Given, type HealCommand } from '../command.ts';
import { examples } from '../examples.ts';
import { type Since, sinceOption } from '../since.ts';
import { why as explained } from '../why.ts';

export const why: HealCommand = {
  addTo(program) {
    addCommand(program, 'why <about>', 'what was seen, decided and done about a target, alarm, policy or incident, and what to do now')
      .addOption(sinceOption('7d'))
      .addHelpText('after', examples('why i-0123456789abcdef0', 'why Fleet-memory --since 30d', 'why ca63db8a --utc'))
      .action((about: string, given: Given & Since) =>
        answeringOf(given, (operator, now, screen) => explained(operator, about, now - given.since, screen)),
      );
  },
  json: {
    timelines:
      'the incidents, oldest first, each with `incident`, `policy`, `target`, its `lines` of the history, and once it ended its `verdict`: `reason`, `means` and `doNow`',
    actions: 'the lines of the history of what operators did that bears on it',
  },
};
