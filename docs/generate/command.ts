import { Command } from 'commander';
import { page, wrapped } from './markdown.ts';

export async function commandPage(): Promise<string> {
  const program = await programOf();
  program.configureHelp({ helpWidth: 110 });
  const commands = program.commands.filter((command) => command.name() !== 'help');
  return page(
    'Command',
    wrapped(
      `The operators’ command is \`npm run heal -- <command>\` in this checkout, or \`${program.name()} <command>\` where the package is installed. It uses the AWS credentials and the Region of your shell, and acts on no target itself. What each command is for is told in [Operate](../operate.md#the-command). Exit code: 0 it was done, 1 it was not, 2 wrong arguments.`,
    ),
    fenced(program.helpInformation()),
    ...commands.flatMap((command) => [
      `## ${command.name()}`,
      fenced(command.configureHelp({ helpWidth: 110, showGlobalOptions: false }).helpInformation()),
    ]),
  );
}

function fenced(text: string): string {
  return `\`\`\`text\n${text.trimEnd()}\n\`\`\``;
}

/** The program of the command's file, which would read arguments as soon as it is loaded. */
async function programOf(): Promise<Command> {
  const { parseAsync } = Command.prototype;
  return new Promise((resolve, reject) => {
    Command.prototype.parseAsync = async function (this: Command) {
      resolve(this);
      return this;
    };
    import('../../bin/heal.ts').catch(reject).finally(() => {
      Command.prototype.parseAsync = parseAsync;
    });
  });
}
