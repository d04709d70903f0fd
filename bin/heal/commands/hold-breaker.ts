import { addCommand, answeringOf, type Given, type HealCommand } from '../command.ts';
import { examples } from '../examples.ts';
import { holdBreaker as held } from '../policies.ts';

export const holdBreaker: HealCommand = {
  addTo(program) {
    addCommand(program, 'hold-breaker <policy> <reason>', 'stop one policy until its breaker is released')
      .addHelpText('after', examples('hold-breaker Fleet-memory "until the new version is out"'))
      .action((policy: string, reason: string, given: Given) =>
        answeringOf(given, (operator, now, screen) => held(operator, policy, reason, now, screen)),
      );
  },
  json: {
    policy: 'the policy',
    breaker: 'its circuit breaker',
    changed: '`false` where somebody held it already',
    unrecorded: 'why the history does not have it, or `null`',
  },
};
