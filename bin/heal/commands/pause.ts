import { addCommand, answeringOf, type Given, type HealCommand } from '../command.ts';
import { examples } from '../examples.ts';
import { pause as paused } from '../pause.ts';
import { span } from '../span.ts';

interface Lasting {
  readonly for?: number;
}

export const pause: HealCommand = {
  addTo(program) {
    addCommand(program, 'pause <reason>', 'start nothing new until it is resumed, or for a time')
      .option('--for <span>', 'how long, such as 30m, 2h or 1d, after which it ends by itself', span)
      .addHelpText('after', examples('pause "Anna works on the database" --for 2h'))
      .action((reason: string, given: Given & Lasting) =>
        answeringOf(given, (operator, now, screen) => paused(operator, reason, given.for, now, screen)),
      );
  },
  json: { paused: 'what the pause switch says now', until: 'when it ends by itself, or `null`' },
};
