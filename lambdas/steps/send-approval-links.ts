import type { ApprovalRequest } from '../core/approval.ts';
import { type LinkHolder, linkTo } from '../core/approval-link.ts';
import { approvalLinkMessage } from '../core/approval-link-message.ts';
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

/** A link that did not go out, and why. */
export interface UnsentLink {
  readonly holder: LinkHolder;
  readonly error: unknown;
}

/**
 * Sends each holder a link of their own. It is kept before it is sent, since one that is not known answers nothing. Answers which could
 * not be sent: the others go out, and the question can be answered in other ways.
 */
export async function sendApprovalLinks(request: ApprovalRequest, ports: LinkPorts): Promise<readonly UnsentLink[]> {
  const sent = await Promise.all(ports.holders.map((holder) => sendLink(request, holder, ports)));
  return sent.flatMap((unsent) => unsent ?? []);
}

async function sendLink(request: ApprovalRequest, holder: LinkHolder, ports: LinkPorts): Promise<UnsentLink | undefined> {
  try {
    const token = ports.newToken();
    await ports.links.keep(tokenHash(token), linkTo(request, holder));
    await ports.mailer.send(holder, approvalLinkMessage(request, holder, ports.pipeline, `${ports.url}${token}`));
    return undefined;
  } catch (error) {
    return { holder, error };
  }
}
