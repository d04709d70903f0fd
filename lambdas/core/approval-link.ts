import * as z from 'zod';
import { type Answer, type AnsweredRequest, type ApprovalRequest, holderVoter } from './approval.ts';
import type { Instant } from './duration.ts';
import { readTolerantly } from './tolerant-reader.ts';

/** Somebody who answers by links of their own. */
export interface LinkHolder {
  readonly name: string;
  readonly email: string;
}

/** What a link is good for: one answer of one holder to the question about one rung of one incident. */
export interface ApprovalLink {
  readonly question: string;
  readonly incident: string;
  readonly rung: number;
  readonly holder: LinkHolder;
  /** It ends with its question. */
  readonly until: Instant;
}

const linkSchema = z.strictObject({
  question: z.string(),
  incident: z.string(),
  rung: z.int(),
  holder: z.strictObject({ name: z.string(), email: z.string() }),
  until: z.int(),
});

/** A link as it is kept, of whatever version; undefined for anything else. */
export function approvalLinkOf(item: unknown): ApprovalLink | undefined {
  return readTolerantly(linkSchema, item).data;
}

/** Random bytes of a link's token: nobody guesses 256 bits. */
export const TOKEN_BYTES = 32;

/** Whether a text can be a token at all: so many bytes in the alphabet of URLs. Saves a look at the table for every other one. */
export function isTokenLike(text: unknown): text is string {
  return typeof text === 'string' && /^[\w-]{43}$/.test(text);
}

export function linkTo({ id, incident, rung, until }: ApprovalRequest, holder: LinkHolder): ApprovalLink {
  return { question: id, incident, rung, holder, until };
}

/**
 * The question that a link may answer now: the one that it was made for, open, in time, and not answered by this holder yet. Undefined in
 * every other case, so that nothing can be said of the difference.
 */
export function answerable<Asked extends AnsweredRequest>(
  link: ApprovalLink | undefined,
  open: readonly Asked[],
  holders: readonly LinkHolder[],
  now: Instant,
): Asked | undefined {
  if (!link || now > link.until) return undefined;
  const voter = holderVoter(link.holder.email);
  if (!holders.some(({ email }) => holderVoter(email) === voter)) return undefined;
  const asked = open.find(
    ({ request: { id, incident, rung } }) => id === link.question && incident === link.incident && rung === link.rung,
  );
  if (!asked || now > asked.request.until || asked.answers.some((answer) => answer.voter === voter)) return undefined;
  return asked;
}

/** What a holder says by their link. */
export function answerByHolder({ name, email }: LinkHolder, answer: Answer['answer'], now: Instant, reason?: string): Answer {
  return { voter: holderVoter(email), who: `${name} by link`, answer, at: now, ...(reason && { reason }) };
}
