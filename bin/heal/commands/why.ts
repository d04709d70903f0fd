import { addCommand, answeringOf, type Given, type HealCommand } from '../command.ts';
import { why as explained } from '../history.ts';
import { type Since, sinceOption } from '../since.ts';

export const why: HealCommand = {
  addTo(program) {
    addCommand(program, 'why <about>', 'what was decided about a target, alarm, policy or incident, and what to do now')
      .addOption(sinceOption('7d'))
      .action((about: string, given: Given & Since) =>
        answeringOf(given, (operator, now) => explained(operator, about, now - given.since)),
      );
  },
  json: { timelines: 'the incidents, oldest first', actions: 'what operators did that bears on it' },
};
