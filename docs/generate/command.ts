import type { Command } from 'commander';
import type { JsonFields } from '../../bin/heal/command.ts';
import { commands } from '../../bin/heal/commands.ts';
import { program } from '../../bin/heal/program.ts';
import { item, page, wrapped } from './markdown.ts';

export function commandPage(): string {
  const whole = program();
  whole.configureHelp({ helpWidth: 110 });
  return page(
    'Command',
    wrapped(
      `The operators’ command is \`npm run heal -- <command>\` in this checkout, or \`${whole.name()} <command>\` where the package is installed. It uses the AWS credentials and the Region of your shell, and acts on no target itself. What each command is for is told in [Operate](../operate.md#the-command). Exit code: 0 it was done, 1 it was not, 2 wrong arguments.`,
    ),
    wrapped(
      'What a command prints with `--json` is listed under it. Fields are added in later versions and never change their meaning. A failure is an object with `error` and `next` on the standard error.',
    ),
    fenced(whole.helpInformation()),
    ...whole.commands.flatMap((command) => [
      `## ${command.name()}`,
      fenced(wholeHelp(command.configureHelp({ helpWidth: 110, showGlobalOptions: false }))),
      jsonOf(command.name()),
    ]),
  );
}

/** With what stands after the options: examples, and exit codes. */
function wholeHelp(command: Command): string {
  let text = '';
  command
    .configureOutput({
      writeOut: (more) => {
        text += more;
      },
    })
    .outputHelp();
  return text;
}

function jsonOf(name: string): string {
  const { json = {} } = commands[name] ?? {};
  const each = 'eachOf' in json && typeof json.eachOf === 'object';
  const fields = (each ? json.eachOf : json) as JsonFields;
  const list = Object.entries(fields).map(([field, says]) => item(`\`${field}\`: ${says}`));
  if (Object.keys(json).length === 0) return '';
  return [`With \`--json\` it prints ${each ? 'a list, of each' : 'an object'}:`, '', ...list].join('\n');
}

function fenced(text: string): string {
  return `\`\`\`text\n${text.trimEnd()}\n\`\`\``;
}
