import * as z from 'zod';
import type { LinkHolder } from './approval-link.ts';

const settingsSchema = z.object({
  url: z.string().optional(),
  to: z.array(z.object({ name: z.string(), email: z.string(), topic: z.string().optional() })),
});

/** Who may answer by link, as the construct of the links wrote it. */
export interface ApprovalLinkSettings {
  /** Where the page is. */
  readonly url?: string | undefined;
  /** Each with the topic that mails to them alone. */
  readonly to: readonly (LinkHolder & { readonly topic?: string | undefined })[];
}

/** Reads the variable of a function, which only pipelines with links have: nobody where there is none. */
export function approvalLinkSettings(variable: string | undefined): ApprovalLinkSettings {
  return variable === undefined ? { to: [] } : settingsSchema.parse(JSON.parse(variable));
}
