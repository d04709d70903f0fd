import { redacted } from './redaction.ts';

/**
 * What an AWS error means for the caller, by what can still be done. Expected refusals are values; these are
 * for the unexpected. `cause` always holds AWS's own error.
 */
abstract class Failure extends Error {
  /** Written out, since bundling shortens class names, and the workflow's retries go by it. */
  abstract override readonly name: string;

  constructor(message: string, cause: unknown) {
    super(message, { cause });
  }
}

/** Throttled or unavailable: the same call may work a little later. The workflow retries it. */
export class TryAgain extends Failure {
  override readonly name = 'TryAgain';
}

/** The resource does not exist any more. */
export class TargetGone extends Failure {
  override readonly name = 'TargetGone';
}

/** Denied or invalid: repeating cannot help, and somebody must repair the pipeline or the target. Nothing was done. */
export class Defect extends Failure {
  override readonly name = 'Defect';
}

/** The answer to an act was lost: it may or may not have taken place. It must be looked up, never repeated. */
export class Uncertain extends Failure {
  override readonly name = 'Uncertain';
}

/** What was planned on has changed at the last look before the act. Nothing was done; planning anew may help. */
export class NotTaken extends Failure {
  override readonly name = 'NotTaken';
}

/** What an error says, which may be words of others. */
export function messageOf(error: unknown): string {
  return redacted(error instanceof Error ? error.message : String(error));
}
