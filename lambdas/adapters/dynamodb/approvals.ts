import { type Answer, type ApprovalRequest, answerOf } from '../../core/approval.ts';
import { iso } from '../../core/duration.ts';
import { withSummary } from '../../core/former-names.ts';
import type { AnswersByLink, Approvals, OpenRequest } from '../../core/ports.ts';
import { type Target, targetKey } from '../../core/target.ts';
import { type IncidentTable, IS_NEW, type Key, notEnded, timeToLive, type Write } from './incident-table.ts';

/** The partition of all open questions; there are as many as people are asked at once. */
const OPEN = 'approvals';

/** A question as the table has it; without its words when a function that was given up told people after it was closed. */
interface RequestItem extends Key {
  readonly request: ApprovalRequest;
  /** What wakes the waiting workflow. */
  readonly taskToken: string;
  readonly told: boolean;
}

/** What an operator does at the table, beside what the pipeline does. */
export interface ApprovalAdmin {
  open(): Promise<readonly OpenRequest[]>;
  answer(request: ApprovalRequest, answer: Answer): Promise<void>;
}

/**
 * Questions and answers in the incident table:
 *
 * | pk | sk | holds |
 * |---|---|---|
 * | `approvals` | `<policy>#<target>#<question>` | an open question |
 * | `approval#<question>` | `answer#<voter>` | that the voter has answered |
 * | `approver#<voter>` | `<question>` | the answer; the voter `link#<address>` is a holder of links |
 *
 * The answer itself stands under the voter's own partition key, because IAM can let people write under no other
 * (`dynamodb:LeadingKeys` with `aws:userid`): nobody can answer in another's name.
 */
export function approvals(table: IncidentTable): Approvals & ApprovalAdmin & AnswersByLink {
  const answersTo = async ({ id }: ApprovalRequest): Promise<readonly Answer[]> => {
    const voters = await table.between<Key>(`approval#${id}`, 'answer#', 'answer#~');
    const found = await Promise.all(
      voters.map(async ({ sk }) => {
        const voter = sk.slice('answer#'.length);
        return answerOf(voter, (await table.get<{ answer: unknown }>(answerKey(voter, id)))?.answer);
      }),
    );
    return found.filter((answer) => answer !== undefined);
  };
  const answered = (items: readonly RequestItem[]) =>
    Promise.all(
      items.map(async ({ request, taskToken }) => ({ request: withSummary(request), taskToken, answers: await answersTo(request) })),
    );
  const itemsAbout = async (policy: string, target: Target) => {
    const prefix = requestPrefix(policy, target);
    const found = await table.between<RequestItem>(OPEN, prefix, `${prefix}~`);
    return found.filter(({ request }) => request && targetKey(request.target) === targetKey(target));
  };
  return {
    about: async (policy, target) => answered(await itemsAbout(policy, target)),

    async ask(request, taskToken) {
      const key = requestKey(request);
      const item = { ...key, request, taskToken, told: false, ttl: timeToLive(request.until) };
      const open = notEnded(request.incident);
      const refused = await table.transact([{ kind: 'put', item, condition: IS_NEW }, open]);
      if (!refused) return { told: false };
      if (refused[1] || (await table.transact([{ kind: 'set', key, values: { taskToken } }, open]))) return { told: false, ended: true };
      return { told: (await table.get<RequestItem>(key))?.told ?? false };
    },

    recordTold: (request) => table.set(requestKey(request), { told: true, ttl: timeToLive(request.until) }),

    async close({ id, policy, target }) {
      const own = (await itemsAbout(policy, target)).filter(({ request }) => request.incident === id);
      for (const { request } of own)
        await table.transact([{ kind: 'delete', key: requestKey(request), condition: { ConditionExpression: 'attribute_exists(pk)' } }]);
    },

    open: async () => answered((await table.between<RequestItem>(OPEN, ' ', '~')).filter(({ request }) => request)),

    async answer(request, answer) {
      await table.transact([{ kind: 'put', item: answerItem(request, answer) }, pointerTo(request, answer)]);
    },

    async answerOnce(request, answer) {
      const put: Write = { kind: 'put', item: answerItem(request, answer), condition: IS_NEW };
      const refused = await table.transact([put, pointerTo(request, answer)]);
      return refused ? 'known' : 'noted';
    },
  };
}

function requestPrefix(policy: string, target: Target): string {
  return `${policy}#${targetKey(target)}#`;
}

function requestKey(request: ApprovalRequest): Key {
  return { pk: OPEN, sk: `${requestPrefix(request.policy, request.target)}${request.id}` };
}

function answerKey(voter: string, question: string): Key {
  return { pk: `approver#${voter}`, sk: question };
}

function answerItem({ id, until }: ApprovalRequest, answer: Answer) {
  return { ...answerKey(answer.voter, id), answer, ttl: timeToLive(until) };
}

function pointerTo({ id, until }: ApprovalRequest, { voter, at }: Answer): Write {
  return { kind: 'put', item: { pk: `approval#${id}`, sk: `answer#${voter}`, at: iso(at), ttl: timeToLive(until) } };
}
