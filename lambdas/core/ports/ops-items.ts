import type { KnownOpsItem, OpsItem } from '../notice/ops-item.ts';

/** OpsCenter of Systems Manager. */
export interface OpsItems {
  /** Those with the key, whatever became of them. */
  find(key: string): Promise<readonly KnownOpsItem[]>;
  /** Opens one; answers the id of the one that is open already where there is one, which is left as it is. */
  open(item: OpsItem): Promise<{ readonly existing?: string }>;
  /** Brings an open one up to date. */
  renew(id: string, item: OpsItem): Promise<void>;
  /** Ends an open one, which keeps what it says. */
  resolve(id: string, item: OpsItem): Promise<void>;
}
