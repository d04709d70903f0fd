import { randomBytes } from 'node:crypto';
import { approvalLinks } from '../adapters/dynamodb/approval-links.ts';
import type { IncidentTable } from '../adapters/dynamodb/incident-table.ts';
import { linkMailer } from '../adapters/link-mailer.ts';
import { TOKEN_BYTES } from '../core/approval-link.ts';
import type { LinkPorts } from '../steps/send-approval-links.ts';
import { approvalLinkSettings } from './approval-link-settings.ts';

/** What sends links, where the pipeline has holders of them. */
export function linkPorts(pipeline: string, table: IncidentTable, settings = approvalLinkSettings()): { readonly links?: LinkPorts } {
  const { url, to } = settings;
  if (url === undefined || to.length === 0) return {};
  return {
    links: {
      ...{ pipeline, url, holders: to },
      newToken: () => randomBytes(TOKEN_BYTES).toString('base64url'),
      links: approvalLinks(table),
      mailer: linkMailer(new Map(to.flatMap(({ email, topic }) => (topic === undefined ? [] : [[email, topic]])))),
    },
  };
}
