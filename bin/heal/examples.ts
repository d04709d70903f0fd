import { commandName } from '../../lambdas/core/command-name.ts';

/** Examples of a command, for the end of its help. */
export function examples(...lines: readonly string[]): string {
  return ['', 'Examples:', ...lines.map((line) => `  ${commandName} ${line}`)].join('\n');
}
