import type { Command } from 'commander';

export const shells = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof shells)[number];

/** One word that can follow, and what it is for. */
interface Word {
  readonly word: string;
  readonly says: string;
}

/** A script by which the shell completes the commands and options of the program, made from what the program knows of itself. */
export function completionScript(program: Command, shell: Shell): string {
  const name = program.name();
  const commands = program.commands.map((command) => ({
    names: [command.name(), ...command.aliases()],
    says: command.description(),
    options: optionsOf(command),
  }));
  const first = commands.flatMap(({ names, says }) => names.map((word) => ({ word, says })));
  return { bash, zsh, fish }[shell](name, first, commands);
}

type Completed = readonly { readonly names: readonly string[]; readonly options: readonly Word[] }[];

function optionsOf(command: Command): readonly Word[] {
  const own = command.options.map(({ long, description }) => ({ word: long ?? '', says: description }));
  return [...own, { word: '--help', says: 'display help for command' }].filter(({ word }) => word !== '');
}

function wordsOf(words: readonly Word[]): string {
  return words.map(({ word }) => word).join(' ');
}

function bash(name: string, first: readonly Word[], commands: Completed): string {
  const functionName = `_${name.replaceAll('-', '_')}`;
  return [
    `# Completion of ${name} in bash: source <(${name} completion bash)`,
    `${functionName}() {`,
    `  local words="${wordsOf(first)}"`,
    '  if [ "$COMP_CWORD" -gt 1 ]; then',
    `    case "\${COMP_WORDS[1]}" in`,
    ...commands.map(({ names, options }) => `      ${names.join('|')}) words="${wordsOf(options)}" ;;`),
    '      *) words="" ;;',
    '    esac',
    '  fi',
    // The bash of macOS is too old for mapfile.
    `  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))`,
    '}',
    `complete -F ${functionName} ${name}`,
  ].join('\n');
}

/** In single quotes, within which a shell takes everything as it stands. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function zsh(name: string, first: readonly Word[], commands: Completed): string {
  const functionName = `_${name.replaceAll('-', '_')}`;
  // A colon parts the word from what it is for.
  const described = (words: readonly Word[]) => words.map(({ word, says }) => quoted(`${word.replaceAll(':', '\\:')}:${says}`)).join(' ');
  return [
    `#compdef ${name}`,
    `# Completion of ${name} in zsh: source <(${name} completion zsh)`,
    `${functionName}() {`,
    '  local -a words_here',
    '  if (( CURRENT == 2 )); then',
    `    words_here=(${described(first)})`,
    '  else',
    `    case "\${words[2]}" in`,
    ...commands.map(({ names, options }) => `      ${names.join('|')}) words_here=(${described(options)}) ;;`),
    '    esac',
    '  fi',
    `  _describe ${quoted(name)} words_here`,
    '}',
    `compdef ${functionName} ${name}`,
  ].join('\n');
}

/** Of fish, backslashes mean something within single quotes, too. */
function quotedInFish(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function fish(name: string, first: readonly Word[], commands: Completed): string {
  return [
    `# Completion of ${name} in fish: ${name} completion fish | source`,
    `complete -c ${name} -f`,
    ...first.map(({ word, says }) => `complete -c ${name} -n __fish_use_subcommand -a ${word} -d ${quotedInFish(says)}`),
    ...commands.flatMap(({ names, options }) =>
      options.map(
        ({ word, says }) =>
          `complete -c ${name} -n '__fish_seen_subcommand_from ${names.join(' ')}' -l ${word.replace(/^--/, '')} -d ${quotedInFish(says)}`,
      ),
    ),
  ].join('\n');
}
