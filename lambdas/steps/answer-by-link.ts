import { type Answer, type AnsweredRequest, verdictOn } from '../core/approval.ts';
import { type ApprovalLink, answerable, answerByHolder, isTokenLike, type LinkHolder } from '../core/approval-link.ts';
import { type AskingPipeline, answeredPage, invalidPage, LONGEST_REASON, questionPage } from '../core/approval-page.ts';
import type { Instant } from '../core/duration.ts';
import { messageOf } from '../core/failure.ts';
import { type OperatorAction, operatorLine, permits } from '../core/operator-action.ts';
import { outsideText } from '../core/outside-text.ts';
import type { AnswersByLink, ApprovalLinks, History, WaitingWorkflow } from '../core/ports.ts';
import { targetInWords } from '../core/target.ts';
import { tokenHash } from './token-hash.ts';

export interface AnswerByLinkPorts {
  readonly links: Pick<ApprovalLinks, 'find'>;
  readonly answers: AnswersByLink;
  readonly workflow: WaitingWorkflow;
  readonly history: History;
  /** Those who may answer by link now; a link outlives the deployment that sent it. */
  readonly holders: readonly LinkHolder[];
  readonly place: AskingPipeline;
}

/** A page, and whether it is of a link that answers something. */
export interface Shown {
  readonly found: boolean;
  readonly page: string;
}

const nothing = (): Shown => ({ found: false, page: invalidPage() });

/** Shows the question of a link, and changes nothing, however often it is opened and by whom: mail scanners open links, too. */
export async function openLink(token: unknown, ports: AnswerByLinkPorts, now: Instant): Promise<Shown> {
  const known = await lookUp(token, ports, now);
  if (!known) return nothing();
  return { found: true, page: questionPage(known.asked, known.link.holder, known.token, ports.place, now) };
}

/**
 * Takes the answer of a link's holder: writes the line of the history, then the answer, which the table takes once, and wakes the workflow
 * when the question is decided by that. What cannot be written down is not approved; a denial counts all the same.
 */
export async function answerByLink(
  given: { readonly token: unknown; readonly answer: unknown; readonly reason?: unknown },
  ports: AnswerByLinkPorts,
  now: Instant,
): Promise<Shown> {
  if (given.answer !== 'approve' && given.answer !== 'deny') return nothing();
  const known = await lookUp(given.token, ports, now);
  if (!known) return nothing();
  const { asked, link } = known;
  const reason = typeof given.reason === 'string' ? outsideText(given.reason, LONGEST_REASON).trim() : '';
  const answer = answerByHolder(link.holder, given.answer, now, given.answer === 'deny' ? reason : '');
  const action = actionOf(asked, answer);
  await writeDown(action, ports.history, now);
  if ((await noted(asked, answer, action, ports, now)) === 'known') return nothing();
  // Read anew, so that of two who answer at once at least one sees both and wakes the workflow.
  const again = (await ports.answers.open()).find(({ request }) => request.id === asked.request.id);
  const latest = again ?? { ...asked, answers: [...asked.answers, answer] };
  const verdict = verdictOn(latest, now);
  if (verdict.kind !== 'open') await ports.workflow.wake(latest.taskToken);
  return { found: true, page: answeredPage(latest, answer.answer, verdict) };
}

interface Known {
  readonly token: string;
  readonly link: ApprovalLink;
  readonly asked: AnsweredRequest & { readonly taskToken: string };
}

async function lookUp(token: unknown, { links, answers, holders }: AnswerByLinkPorts, now: Instant): Promise<Known | undefined> {
  if (!isTokenLike(token)) return undefined;
  const link = await links.find(tokenHash(token));
  if (!link) return undefined;
  const asked = answerable(link, await answers.open(), holders, now);
  return asked && { token, link, asked };
}

function actionOf({ request }: AnsweredRequest, { answer, who, voter, reason }: Answer): OperatorAction {
  const target = targetInWords(request.target);
  return {
    action: answer,
    by: `${who} (${voter})`,
    what: `${request.summary} on ${target}`,
    ...(reason && { why: reason }),
    policy: request.policy,
    incident: request.incident,
    target,
  };
}

async function writeDown(action: OperatorAction, history: History, now: Instant): Promise<void> {
  try {
    await history.write(operatorLine(action, now));
  } catch (error) {
    if (permits(action)) throw error;
  }
}

/** The answer as the table took it; where it did not, the line that was written before it is not left alone. */
async function noted(
  { request }: AnsweredRequest,
  answer: Answer,
  action: OperatorAction,
  { answers, history }: AnswerByLinkPorts,
  now: Instant,
): Promise<'noted' | 'known'> {
  try {
    const written = await answers.answerOnce(request, answer);
    if (written === 'known')
      await history.write(operatorLine(action, now, 'this holder had answered already, and the first answer counts'));
    return written;
  } catch (error) {
    await history.write(operatorLine(action, now, messageOf(error)));
    throw error;
  }
}
