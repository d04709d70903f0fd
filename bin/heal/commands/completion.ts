import { Argument } from 'commander';
import type { HealCommand } from '../command.ts';
import { completionScript, type Shell, shells } from '../completion.ts';

export const completion: HealCommand = {
  addTo(program) {
    program
      .command('completion')
      .description('print a script by which your shell completes commands and options')
      .addArgument(new Argument('<shell>', 'your shell').choices(shells))
      .addHelpText('after', `\nExamples:\n  source <(${program.name()} completion bash)\n  ${program.name()} completion fish | source`)
      .action((shell: Shell) => console.log(completionScript(program, shell)));
  },
  json: {},
};
