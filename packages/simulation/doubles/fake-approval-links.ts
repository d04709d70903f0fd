import type { ApprovalLink } from '../../../lambdas/core/approval-link.ts';
import type { AnswersByLink, ApprovalLinks } from '../../../lambdas/core/ports.ts';
import { type ApprovalTable, answerTo } from './fake-approvals.ts';

/** Answers in memory as links give them: the first of a voter counts. */
export function fakeAnswersByLink(table: ApprovalTable): AnswersByLink {
  return {
    open: async () =>
      [...table.open.values()].map(({ request, taskToken }) => ({
        ...{ request, taskToken },
        answers: [...(table.answers.get(request.id)?.values() ?? [])],
      })),
    async answerOnce({ id }, answer) {
      if (table.answers.get(id)?.has(answer.voter)) return 'known';
      answerTo(table, id, answer);
      return 'noted';
    },
  };
}

/** Links in memory, by the hash of their token. */
export function fakeApprovalLinks(links: Map<string, ApprovalLink>): ApprovalLinks {
  return {
    async keep(hash, link) {
      if (!links.has(hash)) links.set(hash, link);
    },
    find: async (hash) => links.get(hash),
  };
}
