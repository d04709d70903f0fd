import { addCommand, answeringOf, type Given, type HealCommand } from '../command.ts';
import { pause as paused } from '../pause.ts';

export const pause: HealCommand = {
  addTo(program) {
    addCommand(program, 'pause <reason>', 'start nothing new until it is resumed').action((reason: string, given: Given) =>
      answeringOf(given, (operator, now) => paused(operator, reason, now)),
    );
  },
  json: { paused: 'what the pause switch says now' },
};
