/** An error as Step Functions names it, for `ErrorEquals` and for the account of a failed execution. */
export class StatesError extends Error {
  /** E.g. `States.Timeout`, or the name of the error that a function threw. */
  readonly error: string;

  constructor(error: string, cause: string) {
    super(cause);
    this.error = error;
  }
}

/** Errors that end the execution whatever its retries and catches say. */
const UNCATCHABLE = ['States.Runtime', 'States.DataLimitExceeded'];

/** Whether an `ErrorEquals` list means the error. */
export function isMeant(list: readonly string[], error: string): boolean {
  if (list.includes(error)) return true;
  if (UNCATCHABLE.includes(error)) return false;
  return list.includes('States.ALL') || (list.includes('States.TaskFailed') && error !== 'States.Timeout');
}
