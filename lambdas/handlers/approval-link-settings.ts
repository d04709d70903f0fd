import * as z from 'zod';
import type { LinkHolder } from '../core/approval-link.ts';

const settingsSchema = z.object({
  url: z.string().optional(),
  to: z.array(z.object({ name: z.string(), email: z.string(), topic: z.string().optional() })),
});

/** Who may answer by link, as the construct of the links wrote it; nobody where there are none. */
export interface ApprovalLinkSettings {
  /** Where the page is. */
  readonly url?: string | undefined;
  readonly to: readonly (LinkHolder & { readonly topic?: string | undefined })[];
}

/** Reads a variable that only pipelines with links have. */
export function approvalLinkSettings(variable = process.env.APPROVAL_LINKS): ApprovalLinkSettings {
  return variable === undefined ? { to: [] } : settingsSchema.parse(JSON.parse(variable));
}
