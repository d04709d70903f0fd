import { Command } from 'commander';
import { commandName } from '../../lambdas/core/command-name.ts';
import { commandVersion } from './command-version.ts';
import { commands } from './commands.ts';

/** The whole program, which reads no arguments yet, but for whether it is to answer in JSON: what the arguments have wrong, too. */
export function program(typed: readonly string[] = []): Command {
  const whole = new Command(commandName)
    .description('Looks at a self-healing pipeline and steers it. It uses the AWS credentials and the Region of your shell.')
    .version(commandVersion, '--version', 'print the version')
    .configureHelp({ showGlobalOptions: true });
  if (typed.includes('--json')) whole.configureOutput({ outputError: (text, write) => write(`${JSON.stringify(wrongArguments(text))}\n`) });
  for (const { addTo } of Object.values(commands)) addTo(whole);
  return whole;
}

function wrongArguments(text: string): { readonly error: string; readonly next: string } {
  return { error: text.trim().replace(/^error: /, ''), next: `see what it takes with "${commandName} --help"` };
}
