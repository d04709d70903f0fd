import type { Answer, ApprovalRequest } from '../../../lambdas/core/approval.ts';
import { lessStrictThan, type ModeOverride } from '../../../lambdas/core/mode.ts';
import type { Approvals, ModeOverrides } from '../../../lambdas/core/ports.ts';
import { targetKey } from '../../../lambdas/core/target.ts';

/** What the incident table holds of questions to people, and of modes. */
export interface ApprovalTable {
  readonly open: Map<string, { readonly request: ApprovalRequest; readonly taskToken: string; readonly told: boolean }>;
  /** By question, then by voter. */
  readonly answers: Map<string, ReadonlyMap<string, Answer>>;
  readonly overrides: Map<string, ModeOverride>;
}

export function emptyApprovalTable(): ApprovalTable {
  return { open: new Map(), answers: new Map(), overrides: new Map() };
}

/**
 * Questions in memory: the first words and times win, the newest token is kept, a voter's last answer counts, and an incident that has
 * ended asks nothing.
 */
export function fakeApprovals({ open, answers }: ApprovalTable, hasEnded: (incident: string) => boolean = () => false): Approvals {
  return {
    about: async (policy, target) =>
      [...open.values()]
        .filter(({ request }) => request.policy === policy && targetKey(request.target) === targetKey(target))
        .map(({ request }) => ({ request, answers: [...(answers.get(request.id)?.values() ?? [])] })),

    async ask(request, taskToken) {
      if (hasEnded(request.incident)) return { told: false, ended: true };
      const known = open.get(request.id);
      open.set(request.id, { request, told: false, ...known, taskToken });
      return { told: known?.told ?? false };
    },

    async recordTold({ id }) {
      const known = open.get(id);
      if (known) open.set(id, { ...known, told: true });
    },

    async close({ id }) {
      for (const { request } of [...open.values()]) if (request.incident === id) open.delete(request.id);
    },
  };
}

/** Says what a person said, as the operator's command does. */
export function answerTo({ answers }: ApprovalTable, question: string, answer: Answer): void {
  answers.set(question, new Map([...(answers.get(question) ?? []), [answer.voter, answer]]));
}

export function fakeModes({ overrides }: ApprovalTable): ModeOverrides {
  return {
    read: async (policy) => overrides.get(policy),
    async demote(policy, override) {
      const known = overrides.get(policy);
      if (!known || lessStrictThan(override.mode).includes(known.mode)) overrides.set(policy, override);
    },
  };
}
