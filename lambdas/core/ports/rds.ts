import type { FreeSpace } from '../days-until-full.ts';
import type { Instant } from '../duration.ts';

/** Something that RDS wrote down of a database. */
export interface DatabaseEvent {
  readonly at: Instant;
  readonly text: string;
}

export interface Database {
  readonly id: string;
  /** RDS's own status word, e.g. `available`, `rebooting`, `modifying`. */
  readonly status: string;
  readonly engine: string;
  readonly multiAz: boolean;
  readonly allocatedGibibytes: number;
  readonly zone?: string;
  /** The cluster that it is a member of. @default - it stands alone */
  readonly cluster?: string;
  /** Changes that wait for the maintenance window, and that any change with immediate effect would bring along, e.g. `DBInstanceClass`. */
  readonly queued?: readonly string[];
  /** Parameter groups whose static parameters wait for a reboot. */
  readonly awaitingReboot?: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

export interface Databases {
  describe(id: string): Promise<Database | undefined>;
  /** What RDS wrote down since the instant, the oldest first. */
  events(id: string, since: Instant): Promise<readonly DatabaseEvent[]>;
  reboot(id: string, options: { readonly failOver: boolean }): Promise<void>;
  /** What was free in its storage, hour by hour over the last day; empty where CloudWatch has nothing. */
  freeStorage(id: string): Promise<readonly FreeSpace[]>;
  /** Sets the allocated storage, at once. */
  growStorage(id: string, gibibytes: number): Promise<void>;
}

export interface DatabaseCluster {
  readonly id: string;
  /** RDS's own status word, e.g. `available`, `failing-over`. */
  readonly status: string;
  readonly engine: string;
  readonly members: readonly ClusterMember[];
  /** Whether it replicates another cluster, as a secondary one of a global database does, and may have no writer of its own. */
  readonly follows?: true;
  readonly tags: Readonly<Record<string, string>>;
}

export interface ClusterMember {
  readonly id: string;
  /** Readers are not writers, and are what a failover can promote. */
  readonly writer: boolean;
  /** The status word of the member's own instance. */
  readonly status: string;
  /** Parameter groups, its own or the cluster's, whose static parameters wait for a reboot of it. */
  readonly awaitingReboot?: readonly string[];
}

export interface DatabaseClusters {
  describe(id: string): Promise<DatabaseCluster | undefined>;
  /** What RDS wrote down of the cluster since the instant, the oldest first. */
  events(id: string, since: Instant): Promise<readonly DatabaseEvent[]>;
  /** Reboots all members of a Multi-AZ DB cluster; RDS refuses it for Aurora. */
  reboot(id: string): Promise<void>;
  /** Asks RDS to promote the reader that it finds best. */
  failOver(id: string): Promise<void>;
}
