import { addCommand, answeringOf, type Given, type HealCommand } from '../command.ts';
import { examples } from '../examples.ts';
import { promote as promoted } from '../policies.ts';

export const promote: HealCommand = {
  addTo(program) {
    addCommand(program, 'promote <policy>', 'let a policy that was demoted do again what it was deployed for')
      .addHelpText('after', examples('promote Fleet-memory'))
      .action((policy: string, given: Given) => answeringOf(given, (operator, now, screen) => promoted(operator, policy, now, screen)));
  },
  json: { policy: 'the policy', mode: 'the mode in force', changed: '`false` where nothing had made it stricter' },
};
