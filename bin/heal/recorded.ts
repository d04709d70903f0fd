import { messageOf } from '../../lambdas/core/failure.ts';
import { type OperatorAction, operatorLine, permits } from '../../lambdas/core/operator-action.ts';
import { CannotDo, inTwoLines } from './cannot-do.ts';
import type { Operator } from './operator.ts';

/** What an action answered, and whether the history has it. */
interface Recorded<Answer> {
  readonly answer: Answer;
  /** Why the history does not have it; `null` where it does. */
  readonly unrecorded: string | null;
}

/** What to tell of an action that the history does not have. */
export function unrecordedInWords(unrecorded: string | null): string {
  return unrecorded === null ? '' : `\nIt is NOT in the history: ${unrecorded}`;
}

/**
 * Writes an action into the history, then does it: an action without a line would be one that nobody can explain later. Where the history
 * cannot be written, what stops the pipeline is done all the same, and what lets it do more is not.
 *
 * @throws CannotDo for an action that lets the pipeline do more and cannot be written down
 */
export async function recorded<Answer>(
  operator: Pick<Operator, 'record'>,
  action: OperatorAction,
  now: number,
  perform: () => Promise<Answer>,
): Promise<Recorded<Answer>> {
  const failure = await writing(() => operator.record(operatorLine(action, now)));
  if (failure !== undefined && permits(action)) {
    const [what, next] = inTwoLines(failure, 'the right to write it, which operators have');
    throw new CannotDo(`nothing was done, since it could not be written into the history: ${what}`, next);
  }
  try {
    return { answer: await perform(), unrecorded: failure === undefined ? null : messageOf(failure) };
  } catch (error) {
    const unwritten = await writing(() => operator.record(operatorLine(action, now, messageOf(error))));
    if (unwritten === undefined) throw error;
    throw new AggregateError([error], `${messageOf(error)}; and the history does not say so: ${messageOf(unwritten)}`);
  }
}

/** Answers why a line could not be written, if so. */
async function writing(write: () => Promise<void>): Promise<unknown> {
  try {
    await write();
    return undefined;
  } catch (error) {
    return error;
  }
}
