import { InvalidArgumentError, Option } from 'commander';
import { span } from './span.ts';

/** How far back a command looks. */
export interface Since {
  readonly since: number;
}

export function sinceOption(otherwise: string): Option {
  return new Option('--since <span>', 'how far back, such as 30m, 12h or 7d').argParser(someSpan).default(span(otherwise), otherwise);
}

/** Nothing has ended in no time. */
function someSpan(typed: string): number {
  const given = span(typed);
  if (given === 0) throw new InvalidArgumentError('must be longer than nothing');
  return given;
}
