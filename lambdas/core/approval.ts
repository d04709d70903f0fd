import * as z from 'zod';
import { CLOCKS_DIFFER, type Instant, milliseconds } from './duration.ts';
import { SHORT_DIGITS, shortIncident } from './incident.ts';
import { outsideText } from './outside-text.ts';
import type { Target } from './target.ts';

/** A question to people: may this one rung of this one incident be climbed? */
export interface ApprovalRequest {
  /** Names the question: the token of the attempt that it is about. */
  readonly id: string;
  readonly incident: string;
  readonly policy: string;
  readonly target: Target;
  readonly rung: number;
  readonly remedy: string;
  /** What was seen, and what would be done about it, for the person who is asked. */
  readonly seen: string;
  readonly summary: string;
  readonly askedAt: Instant;
  /** Silence until then means no. */
  readonly until: Instant;
  /** How many different people must approve. */
  readonly approvers: number;
}

/** What one person said to a question; the last word of a person is the one that counts. */
export interface Answer {
  /** The person's unique id at AWS (`aws:userid`), by which one who answers twice counts once. */
  readonly voter: string;
  /** The person's ARN, for people to read. */
  readonly who: string;
  readonly answer: 'approve' | 'deny';
  readonly at: Instant;
  readonly reason?: string;
}

/** The voter's id of a holder of links; AWS gives nobody an id that begins so. */
const HOLDER = 'link#';

/** Under which id the answers stand that the holder of an address gives by link. */
export function holderVoter(email: string): string {
  return `${HOLDER}${email.toLowerCase()}`;
}

/** Systems Manager's own way to write a time, in UTC. A runbook knows no other, and no numbers. */
const runbookTime = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d_\d\d\.\d\d\.\d\d$/)
  .transform((text) => Date.parse(`${text.slice(0, 10)}T${text.slice(11).replaceAll('.', ':')}Z`))
  .pipe(z.int());

const shownText = z.string().transform((text) => outsideText(text, 500));

/** An answer as its voter wrote it; only the form is known to be right. */
const answerSchema = z.strictObject({
  voter: z.string(),
  who: shownText,
  answer: z.enum(['approve', 'deny']),
  at: z.union([z.int(), runbookTime]),
  reason: shownText.optional(),
});

/**
 * Reads what stands under a voter's own key. Whose answer it is the key alone says, since IAM lets people write under no
 * other: a name inside is what the voter says of themselves. Undefined for anything that is not exactly one answer.
 */
export function answerOf(voter: string, item: unknown): Answer | undefined {
  const parsed = answerSchema.safeParse(item);
  if (!parsed.success) return undefined;
  const { who, answer, at, reason } = parsed.data;
  return { voter, who: `${who} (${voter})`, answer, at, ...(reason !== undefined && { reason }) };
}

export interface AnsweredRequest {
  readonly request: ApprovalRequest;
  readonly answers: readonly Answer[];
}

export type ApprovalVerdict =
  | { readonly kind: 'open'; readonly approvals: number; readonly by: readonly string[] }
  | { readonly kind: 'approved'; readonly by: readonly string[] }
  | { readonly kind: 'denied'; readonly why: string }
  | { readonly kind: 'unanswered'; readonly why: string };

/**
 * What the answers amount to now. One person who denies is enough; approvals count by different people and only if given in
 * time. An approval is good for as long again as there was to answer: what it was given for may have changed after that.
 */
export function verdictOn({ request, answers }: AnsweredRequest, now: Instant): ApprovalVerdict {
  const inTime = givenInTime({ request, answers }, now);
  const denial = inTime.find(({ answer }) => answer === 'deny');
  if (denial) return { kind: 'denied', why: `${denial.who} denied it${denial.reason ? `: ${denial.reason}` : ''}` };
  const all = onePerVoter(inTime);
  const approvals = ofDifferentPeople(all);
  const by = all.map(({ who }) => who);
  if (approvals.length < request.approvers) {
    if (now < request.until) return { kind: 'open', approvals: approvals.length, by };
    const apart = all.length > approvals.length ? '; one by link and one by an AWS id may be the same person, and do not add up' : '';
    return { kind: 'unanswered', why: `${approvals.length} of ${request.approvers} approvals were given in time${apart}` };
  }
  const granted = Math.max(...approvals.slice(0, request.approvers).map(({ at }) => at));
  if (now > granted + (request.until - request.askedAt))
    return { kind: 'unanswered', why: `the approval by ${by.join(', ')} lapsed before it could be used` };
  return { kind: 'approved', by };
}

/**
 * The answers that count, each at a time from the question to its end, or to now: whoever answers writes the time by a clock of their own. An
 * approval of before the question or from the future by more than clocks differ is made up, and one after the question's end comes too late.
 * A denial counts all the same: what was approved may still wait for something else.
 */
export function givenInTime({ request, answers }: AnsweredRequest, now: Instant): readonly Answer[] {
  const { askedAt, until } = request;
  return answers.flatMap((each) => {
    const at = Math.max(askedAt, Math.min(each.at, now));
    const isMadeUp = Math.abs(at - each.at) > milliseconds(CLOCKS_DIFFER);
    return each.answer === 'approve' && (at > until || isMadeUp) ? [] : { ...each, at: Math.min(at, until) };
  });
}

/** One answer of each person, earliest first. */
function onePerVoter(answers: readonly Answer[]): readonly Answer[] {
  const byVoter = new Map(answers.map((answer) => [answer.voter, answer]));
  return [...byVoter.values()].toSorted((left, right) => left.at - right.at);
}

/**
 * Those of the answers that are surely of as many people: by link, or by ids of AWS, whichever are more. A holder of links may have an id
 * of AWS, too, and nothing here says whose it is.
 */
function ofDifferentPeople(answers: readonly Answer[]): readonly Answer[] {
  const [byLink = [], byId = []] = [true, false].map((link) => answers.filter(({ voter }) => voter.startsWith(HOLDER) === link));
  return byLink.length > byId.length ? byLink : byId;
}

/** The question's id as people type it; two open questions that share it are told apart by more digits. */
export function shortId({ incident, rung }: Pick<ApprovalRequest, 'incident' | 'rung'>): string {
  return `${shortIncident(incident)}-${rung + 1}`;
}

/** Whether somebody who typed this means the question: its short id, or as much more of the incident's id as they like. */
export function isMeant({ incident, rung }: Pick<ApprovalRequest, 'incident' | 'rung'>, typed: string): boolean {
  const number = `-${rung + 1}`;
  return typed.length >= SHORT_DIGITS + number.length && typed.endsWith(number) && incident.startsWith(typed.slice(0, -number.length));
}
