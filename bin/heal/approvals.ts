import { type Answer, type ApprovalRequest, type ApprovalVerdict, isMeant, shortId, verdictOn } from '../../lambdas/core/approval.ts';
import { type CommandPlace, ownCommandHere } from '../../lambdas/core/commands-here.ts';
import { inWords } from '../../lambdas/core/duration.ts';
import { shortIncident } from '../../lambdas/core/incident.ts';
import type { OperatorAction } from '../../lambdas/core/operator-action.ts';
import type { OpenRequest } from '../../lambdas/core/ports.ts';
import { targetInWords } from '../../lambdas/core/target.ts';
import { CannotDo } from './cannot-do.ts';
import { openQuestions } from './open-questions.ts';
import type { Operator } from './operator.ts';
import { type Output, table } from './output.ts';
import { quoted } from './printable.ts';
import { recorded, unrecordedInWords } from './recorded.ts';
import type { Screen } from './screen.ts';

/** The questions that wait for people. */
export async function approvals(operator: Operator, now: number, screen: Screen): Promise<Output> {
  const open = await openQuestions(operator, now);
  const rows = open.map(({ request, approvals }) => [
    ...[shortId(request), request.policy, targetInWords(request.target), request.summary],
    ...[`${approvals} of ${request.approvers}`, inWords(request.until - now)],
  ]);
  const text =
    open.length === 0 ? 'No question waits for an answer.' : table(['ID', 'POLICY', 'TARGET', 'MAY I', 'APPROVED', 'LEFT'], rows, screen);
  return { data: open.map(({ request, answers, approvals }) => ({ ...request, shortId: shortId(request), answers, approvals })), text };
}

/**
 * Answers a question. The answer is written first and then the workflow is woken, once it is decided: a workflow that is woken
 * reads the answers itself.
 */
export async function answer(
  operator: Operator,
  id: string,
  said: Answer['answer'],
  now: number,
  { time }: Pick<Screen, 'time'>,
  reason?: string,
): Promise<Output> {
  const asked = questionOf(await operator.approvals.open(), id, operator);
  const { request } = asked;
  if (said === 'approve' && now > request.until)
    throw new CannotDo(
      `question ${id} closed at ${time(request.until)}; whoever had not approved it by then counts as no`,
      `see "${ownCommandHere(operator, `why ${shortIncident(request.incident)}`)}" for what became of it`,
    );
  const { userId, arn } = await operator.caller();
  const mine: Answer = { voter: userId, who: arn, answer: said, at: now, ...(reason && { reason }) };
  const noted: OperatorAction = {
    action: said,
    by: arn,
    what: summaryOf(request),
    ...(reason && { why: reason }),
    policy: request.policy,
    incident: request.incident,
    target: targetInWords(request.target),
  };
  const { unrecorded } = await recorded(operator, noted, now, () => operator.approvals.answer(request, mine));
  // Read anew, so that of two who answer at once at least one sees both and wakes the workflow.
  const answers = (await operator.approvals.open()).find((each) => each.request.id === request.id)?.answers ?? [...asked.answers, mine];
  const verdict = verdictOn({ request, answers }, now);
  const summary = summaryOf(request);
  if (verdict.kind === 'open') {
    const count = `${verdict.approvals} of ${request.approvers} approvals to ${summary}`;
    return {
      data: { request, verdict, unrecorded },
      text: `Noted as ${arn}: ${count}. Different people must approve; it waits until ${time(request.until)}.${unrecordedInWords(unrecorded)}`,
    };
  }
  const woken = await operator.workflow.wake(asked.taskToken);
  const late =
    woken === 'gone'
      ? ` The workflow did not wait for it any more; see "${ownCommandHere(operator, `why ${shortIncident(request.incident)}`)}" for what it does.`
      : '';
  return {
    data: { request, verdict, woken, unrecorded },
    text: `Noted as ${arn}. ${decided(verdict, summary, woken)}${late}${unrecordedInWords(unrecorded)}`,
  };
}

function summaryOf({ summary, target }: ApprovalRequest): string {
  return `${summary} on ${targetInWords(target)}`;
}

/** What was approved before may be under way: then only what is not begun yet is stopped. */
function decided(verdict: Exclude<ApprovalVerdict, { kind: 'open' }>, summary: string, woken: 'woken' | 'gone'): string {
  if (verdict.kind === 'approved') return `Approved: ${summary}. The guardrails are asked once more before it acts.`;
  return `Not approved: ${summary}. ${woken === 'gone' ? 'If it is not begun, nothing' : 'Nothing'} is done, since ${quoted(verdict.why)}.`;
}

function questionOf(open: readonly OpenRequest[], typed: string, place: CommandPlace): OpenRequest {
  const [found, ...more] = open.filter(({ request }) => isMeant(request, typed));
  if (!found)
    throw new CannotDo(
      `no open question is called "${typed}"`,
      `list them with "${ownCommandHere(place, 'approvals')}"; an answered one is gone from there`,
    );
  if (more.length > 0)
    throw new CannotDo(
      `"${typed}" means ${more.length + 1} questions`,
      `give more digits of the incident, as in "${ownCommandHere(place, 'approvals --json')}"`,
    );
  return found;
}
