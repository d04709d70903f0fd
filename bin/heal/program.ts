import { Command } from 'commander';
import { commandName } from '../../lambdas/core/command-name.ts';
import { commandVersion } from './command-version.ts';
import { commands } from './commands.ts';
import { failureText, printableJson } from './printable.ts';

/** The whole program, which reads no arguments yet, but for whether it is to answer in JSON: what the arguments have wrong, too. */
export function program(typed: readonly string[] = []): Command {
  const whole = new Command(commandName)
    .description('Looks at a self-healing pipeline and steers it. It uses the AWS credentials and the Region of your shell.')
    .usage('<command> [options]')
    .version(commandVersion, '--version', 'print the version')
    .configureHelp({ showGlobalOptions: true });
  for (const { addTo } of Object.values(commands)) addTo(whole);
  const isJson = typed.includes('--json');
  refusesInTwoLines(whole, `see the commands with "${commandName} --help"; options stand behind the command`, isJson);
  for (const command of whole.commands)
    refusesInTwoLines(command, `see what it takes with "${commandName} ${command.name()} --help"`, isJson);
  return whole;
}

/** Has a command tell what its arguments have wrong as it tells every failure. */
function refusesInTwoLines(command: Command, next: string, isJson: boolean): void {
  command.configureOutput({
    outputError: (text, write) => {
      const what = text.trim().replace(/^error: /, '');
      write(`${isJson ? printableJson({ error: what, next }) : failureText(what, next)}\n`);
    },
  });
}
