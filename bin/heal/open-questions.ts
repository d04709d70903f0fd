import { verdictOn } from '../../lambdas/core/approval.ts';
import type { OpenRequest } from '../../lambdas/core/ports.ts';
import type { Operator } from './operator.ts';

/** A question that waits for people. */
export interface OpenQuestion extends OpenRequest {
  /** The approvals that count: of different people, given in time. */
  readonly approvals: number;
}

export async function openQuestions({ approvals }: Pick<Operator, 'approvals'>, now: number): Promise<readonly OpenQuestion[]> {
  return (await approvals.open()).flatMap((asked) => {
    const verdict = verdictOn(asked, now);
    return verdict.kind === 'open' ? [{ ...asked, approvals: verdict.approvals }] : [];
  });
}
