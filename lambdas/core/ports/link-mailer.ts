import type { LinkHolder } from '../approval-link.ts';
import type { LinkMessage } from '../approval-link-message.ts';

/** Brings links to their holders, each to no one else. */
export interface LinkMailer {
  send(holder: LinkHolder, message: LinkMessage): Promise<void>;
}
