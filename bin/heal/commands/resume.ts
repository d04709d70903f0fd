import { addCommand, answeringOf, type Given, type HealCommand } from '../command.ts';
import { examples } from '../examples.ts';
import { resume as resumed } from '../pause.ts';

export const resume: HealCommand = {
  addTo(program) {
    addCommand(program, 'resume', 'act again')
      .addHelpText('after', examples('resume'))
      .action((given: Given) => answeringOf(given, resumed));
  },
  json: { resumed: '`false` where it was running already', before: 'what the pause switch said' },
};
