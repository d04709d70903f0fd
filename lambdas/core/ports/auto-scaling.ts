import type { Instant } from '../duration.ts';

export interface GroupMember {
  readonly id: string;
  /** Auto Scaling's own word, e.g. `InService`, `Standby`, `Terminating:Wait`. */
  readonly lifecycle: string;
  readonly healthy: boolean;
  /** Its Availability Zone. */
  readonly zone?: string;
  readonly protectedFromScaleIn: boolean;
  /** Units of capacity that it counts for in a group with weights. @default - one, as in a group without weights */
  readonly weight?: number;
}

/** `min`, `max` and `desired` are in units of capacity: instances, unless the group's instance types have weights. */
export interface AutoScalingGroup {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly desired: number;
  /** What the group counts its capacity in, where that is neither instances nor weights, e.g. `vcpu`. */
  readonly countedIn?: string;
  readonly members: readonly GroupMember[];
  /** Auto Scaling's own processes that somebody suspended, e.g. `ReplaceUnhealthy`. */
  readonly suspended: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/** A launch or termination of a group. */
export interface ScalingActivity {
  readonly at: Instant;
  /** Auto Scaling's own word, e.g. `Successful`, `Failed`. */
  readonly status: string;
  readonly what: string;
  /** Why it failed, or else why it began. */
  readonly why?: string;
}

/** An instance refresh of a group. */
export interface InstanceRefresh {
  readonly at?: Instant;
  /** Auto Scaling's own word, e.g. `InProgress`. */
  readonly status: string;
  readonly percent: number;
  readonly why?: string;
}

export interface AutoScalingGroups {
  describe(name: string): Promise<AutoScalingGroup | undefined>;
  setDesiredCapacity(name: string, capacity: number): Promise<void>;
  /** Sets the minimum, and with it the desired capacity where that is given, in one change. */
  setMinimum(name: string, minimum: number, capacity?: number): Promise<void>;
  /** Whether an instance refresh is under way. */
  isRefreshing(name: string): Promise<boolean>;
  /** Undefined where there was none in six weeks. */
  lastRefresh(name: string): Promise<InstanceRefresh | undefined>;
  /** The newest first. */
  activities(name: string, most: number): Promise<readonly ScalingActivity[]>;
  /** Marks a member unhealthy, so that the group replaces it. */
  markUnhealthy(instanceId: string): Promise<void>;
}
