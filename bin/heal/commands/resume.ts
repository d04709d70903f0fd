import { resumeAll } from '../all-pipelines.ts';
import { addCommand, answering, answeringOf, type Given, type HealCommand } from '../command.ts';
import { examples } from '../examples.ts';
import { addOfAll, hubOf, type OfAll } from '../hub.ts';
import { resume as resumed } from '../pause.ts';

export const resume: HealCommand = {
  addTo(program) {
    addOfAll(addCommand(program, 'resume', 'act again'))
      .addHelpText('after', examples('resume', 'resume --all'))
      .action((given: Given & OfAll) =>
        given.all ? answering(given, (now, screen) => resumeAll(hubOf(given, given), now, screen)) : answeringOf(given, resumed),
      );
  },
  json: {
    resumed: '`false` where it was running already',
    before: 'what the pause switch said',
    stillPaused: 'why the hub still pauses it, which only the hub ends, or `null`; not with `--all`',
    pausedByThemselves: 'with `--all`: each `pipeline` that is still paused by its own switch, and `why`',
    confirmed: 'with `--all`: the pipelines that have confirmed it, as `account/region/name`',
    notConfirmed: 'with `--all`: those that have not',
  },
};
