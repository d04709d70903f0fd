import { inTwoLines } from './heal/cannot-do.ts';

/** Runs a script, which fails in two lines and not with a stack trace. */
export function runInTwoLines(work: () => void): void {
  try {
    work();
  } catch (error) {
    const [what, next] = inTwoLines(error);
    console.error(`${what}\n→ ${next}`);
    process.exitCode = 1;
  }
}
