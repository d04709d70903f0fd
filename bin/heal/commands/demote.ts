import { Option } from 'commander';
import { commandName } from '../../../lambdas/core/command-name.ts';
import { type Mode, modes } from '../../../lambdas/core/mode.ts';
import { addCommand, answeringOf, type Given, type HealCommand } from '../command.ts';
import { examples } from '../examples.ts';
import { demote as demoted } from '../policies.ts';

const stricter = modes.filter((mode) => mode !== 'automatic');

export const demote: HealCommand = {
  addTo(program) {
    addCommand(program, 'demote <policy> <reason>', `make a policy stricter than it was deployed, until "${commandName} promote"`)
      .addOption(new Option('--to <mode>', 'the stricter mode').choices(stricter).default('approval', 'approval'))
      .addHelpText('after', examples('demote Fleet-memory "it restarted too often" --to shadow'))
      .action((policy: string, reason: string, given: Given & { readonly to: Mode }) =>
        answeringOf(given, (operator, now, screen) => demoted(operator, policy, given.to, reason, now, screen)),
      );
  },
  json: {
    policy: 'the policy',
    mode: 'the mode in force',
    changed: '`false` where it was as strict already, or stricter',
    unrecorded: 'why the history does not have it, or `null`',
  },
};
