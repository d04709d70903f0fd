import { addCommand, answeringOf, type Given, type HealCommand } from '../command.ts';
import { advice as advised } from '../policies.ts';
import { type Since, sinceOption } from '../since.ts';

export const advice: HealCommand = {
  addTo(program) {
    addCommand(program, 'advice', 'whether policies in shadow mode are ready to act')
      .addOption(sinceOption('30d'))
      .action((given: Given & Since) => answeringOf(given, (operator, now, screen) => advised(operator, now - given.since, screen)));
  },
  json: { eachOf: { policy: 'the policy', promote: 'whether it is ready', because: 'why' } },
};
