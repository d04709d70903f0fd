import { RE2JS } from 're2js';
import type { CommandDocument, ParameterValues } from './command-document.ts';

/**
 * Whether the agent runs the document with these values. It compiles the pattern of every parameter with Go's own regular
 * expressions, which know less than those that the service checks with; with one that does not compile, or that a value does not
 * match, the whole command fails without a word of any step.
 */
export function agentAccepts({ parameters }: CommandDocument, values: ParameterValues): boolean {
  return Object.entries(parameters).every(([name, { allowedPattern }]) => {
    if (allowedPattern === undefined || allowedPattern === '') return true;
    const pattern = compiled(allowedPattern);
    return pattern !== undefined && (values[name] ?? []).every((value) => pattern.matcher(value).find());
  });
}

function compiled(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern);
  } catch {
    return undefined;
  }
}
