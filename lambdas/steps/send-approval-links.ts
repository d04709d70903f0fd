import type { ApprovalRequest } from '../core/approval.ts';
import { type LinkHolder, linkTo } from '../core/approval-link.ts';
import { approvalLinkMessage } from '../core/approval-link-message.ts';
import { messageOf } from '../core/failure.ts';
import type { ApprovalLinks, LinkMailer } from '../core/ports.ts';
import { tokenHash } from './token-hash.ts';

/** What sends links, where people may answer by them. */
export interface LinkPorts {
  readonly pipeline: string;
  readonly holders: readonly LinkHolder[];
  /** Where the page is; a token is put behind it. */
  readonly url: string;
  /** 256 random bits, as a text for URLs. */
  readonly newToken: () => string;
  readonly links: Pick<ApprovalLinks, 'keep'>;
  readonly mailer: LinkMailer;
}

/**
 * Sends each holder a link of their own. It is kept before it is sent, since one that is not known answers nothing. Answers why some
 * could not be sent: the others go out, and the question can be answered in other ways.
 */
export async function sendApprovalLinks(request: ApprovalRequest, ports: LinkPorts): Promise<readonly string[]> {
  const sent = await Promise.allSettled(
    ports.holders.map(async (holder) => {
      const token = ports.newToken();
      await ports.links.keep(tokenHash(token), linkTo(request, holder));
      await ports.mailer.send(holder, approvalLinkMessage(request, holder, ports.pipeline, `${ports.url}${token}`));
    }),
  );
  return sent.flatMap((each, index) =>
    each.status === 'rejected' ? [`the link of ${ports.holders[index]?.name} could not be sent: ${messageOf(each.reason)}`] : [],
  );
}
