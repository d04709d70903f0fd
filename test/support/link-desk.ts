import { anIncident, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { fakeAnswersByLink, fakeApprovalLinks } from '@self-healing/simulation/doubles/fake-approval-links.ts';
import { emptyApprovalTable, fakeApprovals } from '@self-healing/simulation/doubles/fake-approvals.ts';
import type { ApprovalRequest } from '../../lambdas/core/approval.ts';
import type { ApprovalLink } from '../../lambdas/core/approval-link.ts';
import type { LinkMessage } from '../../lambdas/core/approval-link-message.ts';
import type { HistoryLine } from '../../lambdas/core/history-line.ts';
import { approvalLinkRequests, type UrlAnswer } from '../../lambdas/handlers/approval-link-requests.ts';
import type { AnswerByLinkPorts } from '../../lambdas/steps/answer-by-link.ts';
import { type LinkPorts, sendApprovalLinks } from '../../lambdas/steps/send-approval-links.ts';

export const anna = { name: 'Anna Night', email: 'anna@example.com' };
export const ben = { name: 'Ben Day', email: 'ben@example.com' };

/** A question about the builders' incident, open for a quarter of an hour. */
export function aQuestion(given: Partial<ApprovalRequest> = {}): ApprovalRequest {
  const { id: incident, policy, target } = anIncident();
  const asked = { id: `${incident}-0`, incident, policy, target, rung: 0, remedy: 'restart-service', seen: 'memory' };
  return { ...asked, summary: 'use restart-service', askedAt: NOW, until: NOW + 15 * MINUTE, approvers: 1, ...given };
}

/** Everything around links, in memory: the table, the mails, the history, the woken workflows, and the page. */
export function aLinkDesk(holders = [anna, ben]) {
  const table = emptyApprovalTable();
  const kept = new Map<string, ApprovalLink>();
  const mails: { readonly to: string; readonly message: LinkMessage }[] = [];
  const lines: HistoryLine[] = [];
  const woken: string[] = [];
  const clock = { now: NOW };
  const errors: unknown[] = [];
  const links = fakeApprovalLinks(kept);
  let tokens = 0;
  const sending: LinkPorts = {
    ...{ pipeline: 'healing', holders, url: 'https://page.example/', links },
    newToken() {
      tokens += 1;
      return String(tokens).padStart(43, 'T');
    },
    mailer: {
      async send({ email }, message) {
        mails.push({ to: email, message });
      },
    },
  };
  const ports: AnswerByLinkPorts = {
    ...{ links, holders, answers: fakeAnswersByLink(table) },
    workflow: {
      async wake(token) {
        woken.push(token);
        return 'woken';
      },
    },
    history: {
      async write(line) {
        lines.push(line);
      },
    },
    place: { pipeline: 'healing', account: '111122223333', region: 'eu-west-1' },
  };
  const serve = (given: Partial<AnswerByLinkPorts> = {}) =>
    approvalLinkRequests({ ...ports, ...given }, () => clock.now, {
      error(_, ...more) {
        errors.push(more);
      },
    });
  return {
    ...{ table, kept, mails, lines, woken, clock, errors, sending, ports, serve },
    /** Asks, and answers the token that the mail to each holder has, by address. */
    async ask(request = aQuestion(), using: Partial<LinkPorts> = {}): Promise<Readonly<Record<string, string>>> {
      await fakeApprovals(table).ask(request, `wakes-${request.id}`);
      const from = mails.length;
      await sendApprovalLinks(request, { ...sending, ...using });
      return Object.fromEntries(mails.slice(from).map(({ to, message }) => [to, tokenIn(message)]));
    },
    open: (token: string, given?: Partial<AnswerByLinkPorts>): Promise<UrlAnswer> => serve(given)(opening(token)),
    post: (form: Readonly<Record<string, string>>, given?: Partial<AnswerByLinkPorts>): Promise<UrlAnswer> => serve(given)(posting(form)),
  };
}

function tokenIn({ body }: LinkMessage): string {
  return /https:\/\/\S+\/(\S+)/.exec(body)?.[1] ?? '';
}

/** What a function URL hands to its function for a link that is opened. */
export function opening(token: string) {
  return { rawPath: `/${token}`, requestContext: { http: { method: 'GET' } } };
}

/** And for a form that is sent, as a browser sends it. */
export function posting(form: Readonly<Record<string, string>>) {
  const body = Buffer.from(new URLSearchParams(form).toString()).toString('base64');
  return { rawPath: '/', body, isBase64Encoded: true, requestContext: { http: { method: 'POST' } } };
}
