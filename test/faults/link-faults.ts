import type { Fault } from './fault.ts';

/** Links that answer more than they should. */
export const linkFaults: readonly Fault[] = [
  {
    breaks: 'links: a holder answers a question once',
    file: 'lambdas/adapters/dynamodb/approvals.ts',
    find: 'item: answerItem(request, answer), condition: IS_NEW };',
    replace: 'item: answerItem(request, answer) };',
    noticed: { by: 'contract', file: 'test/contract/approval-links.test.ts' },
  },
  {
    breaks: 'links: a link ends with its question',
    file: 'lambdas/core/approval-link.ts',
    find: 'if (!link || now > link.until) return undefined;',
    replace: 'if (!link) return undefined;',
    also: [
      {
        file: 'lambdas/core/approval-link.ts',
        find: 'if (!asked || now > asked.request.until || asked',
        replace: 'if (!asked || asked',
      },
    ],
    noticed: { by: 'invariant', file: 'test/property/approval-links.test.ts' },
  },
  {
    breaks: 'links: opening one decides nothing',
    file: 'lambdas/handlers/approval-link-requests.ts',
    find: "return openLink(event.rawPath?.split('/').at(-1), ports, now);",
    replace:
      "return openLink(undefined, ports, now).then(() => answerByLink({ token: event.rawPath?.split('/').at(-1), answer: 'approve' }, ports, now));",
    noticed: { by: 'invariant', file: 'test/property/approval-links.test.ts' },
  },
];
