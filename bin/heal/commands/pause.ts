import { pauseAll } from '../all-pipelines.ts';
import { addCommand, answering, answeringOf, type Given, type HealCommand } from '../command.ts';
import { examples } from '../examples.ts';
import { addOfAll, hubOf, type OfAll } from '../hub.ts';
import { pause as paused } from '../pause.ts';
import { span } from '../span.ts';

interface Lasting {
  readonly for?: number;
}

export const pause: HealCommand = {
  addTo(program) {
    addOfAll(
      addCommand(program, 'pause <reason>', 'start nothing new until it is resumed, or for a time').option(
        '--for <span>',
        'how long, such as 30m, 2h or 1d, after which it ends by itself',
        span,
      ),
    )
      .addHelpText('after', examples('pause "Anna works on the database" --for 2h', 'pause --all "a bad release" --for 4h'))
      .action((reason: string, given: Given & Lasting & OfAll) =>
        given.all
          ? answering(given, (now, screen) => pauseAll(hubOf(given, given), reason, given.for, now, screen))
          : answeringOf(given, (operator, now, screen) => paused(operator, reason, given.for, now, screen)),
      );
  },
  json: {
    paused: 'what the pause switch says now',
    until: 'when it ends by itself, or `null`',
    before: 'what the pause switch said before; absent where it let the pipeline act',
    unrecorded: 'why the history does not have it, or `null`',
    clockIsWrong: 'whether the clock of this machine is wrong, so that the end goes by that of AWS',
    confirmed: 'with `--all`: the pipelines that have confirmed it, as `account/region/name`',
    notConfirmed: 'with `--all`: those that have not',
  },
};
