/**
 * What an AWS error means for the caller, by what can still be done. Expected refusals are values; these three are
 * for the unexpected. `cause` always holds AWS's own error.
 */
abstract class Failure extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.name = new.target.name;
  }
}

/** Throttled or unavailable: the same call may work a little later. The workflow retries it. */
export class TryAgain extends Failure {}

/** The resource does not exist any more. */
export class TargetGone extends Failure {}

/** Denied or invalid: repeating cannot help, and somebody must repair the pipeline or the target. Nothing was done. */
export class Defect extends Failure {}

/** The answer to an act was lost: it may or may not have taken place. It must be looked up, never repeated. */
export class Uncertain extends Failure {}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
