import { messageOf } from '../core/failure.ts';

/** The failures of a step whose parts are all tried: one that fails, such as a channel by which people are told, keeps no other from its turn. */
export interface CollectedFailures {
  readonly failures: unknown[];
  /** Does a part, and answers whether it was done. Its failure is collected. */
  tryTo(part: () => Promise<unknown>): Promise<boolean>;
  /** Does a part, and answers what it answers, or the other value where it failed. Its failure is collected. */
  answerOf<Answer, Otherwise>(part: () => Promise<Answer>, otherwise: Otherwise): Promise<Answer | Otherwise>;
  /** @throws AggregateError with all that failed, so that the step is run again and does what is missing */
  throwIfAny(what: string): void;
}

export function collectedFailures(): CollectedFailures {
  const failures: unknown[] = [];
  const answerOf: CollectedFailures['answerOf'] = async (part, otherwise) => {
    try {
      return await part();
    } catch (error) {
      failures.push(error);
      return otherwise;
    }
  };
  return {
    failures,
    answerOf,
    tryTo: (part) =>
      answerOf(async () => {
        await part();
        return true;
      }, false),
    throwIfAny(what) {
      if (failures.length > 0) throw new AggregateError(failures, `${what}: ${failures.map(messageOf).join('; ')}`);
    },
  };
}
