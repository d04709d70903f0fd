import { addCommand, answeringOf, type Given, type HealCommand } from '../command.ts';
import { resume as resumed } from '../pause.ts';

export const resume: HealCommand = {
  addTo(program) {
    addCommand(program, 'resume', 'act again').action((given: Given) => answeringOf(given, resumed));
  },
  json: { resumed: '`false` where it was running already', before: 'what the pause switch said' },
};
