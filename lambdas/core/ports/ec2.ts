import type { Instant } from '../duration.ts';
import type { ImpairedInstance, StatusCheckName, StatusCheckState } from '../status-check.ts';

/** An EC2 instance as far as healing needs it. */
export interface Instance {
  /** When it was last started. @default - not known */
  readonly launchedAt?: Instant;
  readonly id: string;
  readonly state: 'pending' | 'running' | 'stopping' | 'stopped' | 'shutting-down' | 'terminated';
  /** Its Availability Zone. */
  readonly zone?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly type?: string;
  /** Id of the machine image that it was started from. */
  readonly image?: string;
  /** ARN of its instance profile. @default - it has none */
  readonly profile?: string;
}

export interface Instances {
  describe(ids: readonly string[]): Promise<readonly Instance[]>;
  /** The pending and running instances with the tag. */
  tagged(key: string, value: string): Promise<readonly Instance[]>;
  statusChecks(id: string): Promise<StatusCheckState>;
  /** What one of its status checks says. */
  statusCheck(id: string, check: StatusCheckName): Promise<StatusCheckState>;
  /** Every instance of the account in this Region whose check fails. */
  impaired(check: StatusCheckName): Promise<readonly ImpairedInstance[]>;
  /** Asks EC2 to reboot the instance; it answers at once and does it afterwards. */
  reboot(id: string): Promise<void>;
  /** Undefined when there is no such instance. */
  hosting(id: string): Promise<Hosting | undefined>;
}

/** What the host under an instance keeps for it, and a stop would cost. */
export interface Hosting {
  /** When the instance was started last, in ISO-8601: EC2 renews it at every start, and not at a reboot. */
  readonly launchedAt: string;
  /** Whether disks of the host itself belong to it. Their data is lost at a stop. */
  readonly instanceStore: boolean;
  /** How EC2 lets it live where that is not on demand, in EC2's own word, e.g. `spot`, `capacity-block`. */
  readonly lifecycle?: string;
  /** Whether it stands on a Dedicated Host, to which it comes back. */
  readonly dedicatedHost: boolean;
  /** Whether its public IPv4 address is an Elastic IP, which is `kept`. */
  readonly publicAddress: 'none' | 'kept' | 'changes';
  /** ARNs of the keys that encrypt its volumes. */
  readonly keys: readonly string[];
}

/** An EBS volume as far as healing needs it. */
export interface Volume {
  readonly id: string;
  readonly gibibytes: number;
  /** EC2's own word, e.g. `in-use`, `available`. */
  readonly state: string;
  /** Ids of instances; several share a volume with Multi-Attach. */
  readonly attachedTo: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/** A change of a volume's size, type or speed. While it is `optimizing`, the new size can be used already. */
export interface VolumeModification {
  readonly state: 'modifying' | 'optimizing' | 'completed' | 'failed';
  /** The size that it leads to. */
  readonly gibibytes: number;
  /** Time since it was asked for. */
  readonly ageHours: number;
}

/** Where an instance has its volumes, by the device names of EC2. */
export interface BlockDevices {
  /** The root device; it has no volume where the root is in the instance store. */
  readonly root?: string;
  readonly volumes: Readonly<Record<string, string>>;
}

export interface Volumes {
  /** Undefined when there is no such instance. */
  devices(instanceId: string): Promise<BlockDevices | undefined>;
  describe(id: string): Promise<Volume | undefined>;
  lastModification(id: string): Promise<VolumeModification | undefined>;
  /** Sets the size; it answers at once, and the volume grows afterwards. */
  grow(id: string, gibibytes: number): Promise<void>;
}
