import { Option } from 'commander';
import { span } from './span.ts';

/** How far back a command looks. */
export interface Since {
  readonly since: number;
}

export function sinceOption(otherwise: string): Option {
  return new Option('--since <span>', 'how far back, such as 30m, 12h or 7d').argParser(span).default(span(otherwise), otherwise);
}
