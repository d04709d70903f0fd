import type { ApprovalRequest } from './approval.ts';
import type { LinkHolder } from './approval-link.ts';
import { inWords, iso } from './duration.ts';
import { subject } from './notice/mail.ts';
import { redacted } from './redaction.ts';
import { targetInWords } from './target.ts';

/** The mail that brings a link to its holder. */
export interface LinkMessage {
  readonly subject: string;
  readonly body: string;
}

/**
 * The link as its holder gets it. Everything but the link is redacted here, since what looks like a secret in it is the one that must
 * arrive.
 */
export function approvalLinkMessage(request: ApprovalRequest, holder: LinkHolder, pipeline: string, url: string): LinkMessage {
  const target = targetInWords(request.target);
  return {
    subject: subject(redacted(`[self-healing] Your link: ${request.remedy} on ${target}?`)),
    body: [
      redacted(`${holder.name}: may the pipeline ${pipeline} ${request.summary} on ${target}?`),
      redacted(`Seen: ${request.seen}.`),
      '',
      'Your own link. It shows the question; only its buttons answer:',
      url,
      '',
      `It is good for one answer within ${inWords(request.until - request.askedAt)}, until ${iso(request.until)}.`,
      'Whoever opens it answers in your name: do not forward it.',
      'Without an answer nothing is done.',
      '',
      `Policy ${request.policy}, incident ${request.incident}`,
    ].join('\n'),
  };
}
