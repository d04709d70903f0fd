import { approvalLinks } from '../adapters/dynamodb/approval-links.ts';
import type { IncidentTable } from '../adapters/dynamodb/incident-table.ts';
import { linkMailer } from '../adapters/link-mailer.ts';
import { newToken } from '../adapters/new-token.ts';
import { approvalLinkSettings } from '../core/approval-link-settings.ts';
import type { LinkPorts } from '../steps/send-approval-links.ts';
import { environmentIfSet } from './environment.ts';

/** What sends links, where the pipeline has holders of them. */
export function linkPorts(pipeline: string, table: IncidentTable): { readonly links?: LinkPorts } {
  const { url, to } = approvalLinkSettings(environmentIfSet('APPROVAL_LINKS'));
  if (url === undefined || to.length === 0) return {};
  return {
    links: {
      ...{ pipeline, url, holders: to, newToken },
      links: approvalLinks(table),
      mailer: linkMailer(new Map(to.flatMap(({ email, topic }) => (topic === undefined ? [] : [[email, topic]])))),
    },
  };
}
