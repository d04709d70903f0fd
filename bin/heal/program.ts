import { Command } from 'commander';
import { commandName } from '../../lambdas/core/command-name.ts';
import { commandVersion } from './command-version.ts';
import { commands } from './commands.ts';

/** The whole program, which reads no arguments yet. */
export function program(): Command {
  const whole = new Command(commandName)
    .description('Looks at a self-healing pipeline and steers it. It uses the AWS credentials and the Region of your shell.')
    .version(commandVersion, '--version', 'print the version')
    .configureHelp({ showGlobalOptions: true });
  for (const { addTo } of Object.values(commands)) addTo(whole);
  return whole;
}
