import type { Command } from 'commander';

/** Makes an option without the other one that it belongs to wrong arguments, before anything is done. Both as `given` has them. */
export function onlyWith(command: Command, option: string, other: string): Command {
  const flagsOf = (name: string) => command.options.find((each) => each.attributeName() === name)?.flags;
  const isGiven = (name: string) => ![undefined, 'default'].includes(command.getOptionValueSource(name));
  return command.hook('preAction', () => {
    if (isGiven(option) && !isGiven(other)) command.error(`error: option '${flagsOf(option)}' belongs to option '${flagsOf(other)}'`);
  });
}
