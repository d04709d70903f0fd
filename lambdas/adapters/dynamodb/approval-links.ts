import { approvalLinkOf } from '../../core/approval-link.ts';
import type { ApprovalLinks } from '../../core/ports.ts';
import { type IncidentTable, type Key, timeToLive } from './incident-table.ts';

/** Links in the incident table, each in a partition of its own, `approval-link#<hash of the token>`. The token itself is nowhere but in the mail. */
export function approvalLinks(table: Pick<IncidentTable, 'get' | 'putNew'>): ApprovalLinks {
  return {
    async keep(hash, link) {
      await table.putNew({ ...keyOf(hash), link, ttl: timeToLive(link.until) });
    },
    find: async (hash) => approvalLinkOf((await table.get<{ readonly link: unknown }>(keyOf(hash)))?.link),
  };
}

function keyOf(hash: string): Key {
  return { pk: `approval-link#${hash}`, sk: 'link' };
}
