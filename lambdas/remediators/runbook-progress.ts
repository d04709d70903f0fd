import type { RunbookExecution } from '../core/ports.ts';
import type { Progress } from '../core/verification.ts';

/**
 * How far a runbook has come; undefined once it has succeeded, since what that means is its remedy's to say. A cancelled one was stopped by
 * somebody in Systems Manager, so that nothing heavier follows it.
 *
 * @param seen What the target shows beside it, as the end of each sentence. @default - nothing
 */
export function runbookProgress(execution: RunbookExecution | undefined, seen?: string): Progress | undefined {
  if (!execution) return { kind: 'running', why: 'Systems Manager does not show the execution yet' };
  const { status, detail } = execution;
  const beside = seen === undefined ? '' : `; ${seen}`;
  switch (status) {
    case 'running':
      return { kind: 'running', why: `the runbook is ${detail}${beside}` };
    case 'succeeded':
      return undefined;
    case 'cancelled':
      return { kind: 'stopped', why: `the runbook ended: ${detail}${beside}` };
    default:
      return { kind: 'failed', why: `the runbook ended: ${detail}${beside}` };
  }
}
