import { advise as advised } from '../advise.ts';
import { addCommand, answeringOf, type Given, type HealCommand } from '../command.ts';
import { examples } from '../examples.ts';
import { type Since, sinceOption } from '../since.ts';

export const advise: HealCommand = {
  addTo(program) {
    addCommand(program, 'advise', 'what helped and what never did, what comes back, and which policy is ready for its next mode')
      .alias('advice')
      .addOption(sinceOption('30d'))
      .addHelpText('after', examples('advise --since 7d'))
      .action((given: Given & Since) => answeringOf(given, (operator, now, screen) => advised(operator, now - given.since, now, screen)));
  },
  json: {
    since: 'how far back it looked',
    remedies:
      'each `policy`, `symptom` and `remedy`: its `tries`, those that `helped`, their `share`, the `last` one, and `advice` or `null`',
    recurring: 'what was `healed` three times or more on one `target` within a week: also `policy`, `symptom`, `last`',
    restless: 'what came and went on one `target` otherwise: `policy`, `kind` (`passes` or `flapping`), `times`, `last`',
    shadow:
      'policies that ended incidents in shadow mode: `policy`, `incidents`, `wouldHaveActed`, `passedByThemselves`, `vetoes`, `promote`, `because`',
    approval: 'policies that ask before they act: `policy`, `approved`, `healed`, `denied`, `unanswered`, `promote`, `because`',
  },
};
