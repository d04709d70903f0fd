import { inTwoLines } from './heal/cannot-do.ts';
import { failureText } from './heal/printable.ts';

/** Runs a script, which fails in two lines and not with a stack trace. */
export function runInTwoLines(work: () => void): void {
  try {
    work();
  } catch (error) {
    const [what, next] = inTwoLines(error);
    console.error(failureText(what, next));
    process.exitCode = 1;
  }
}
