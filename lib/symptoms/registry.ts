import { databaseConnections } from './database-connections.ts';
import { databaseCpu } from './database-cpu.ts';
import { databaseEvents } from './database-events.ts';
import { databaseMemory } from './database-memory.ts';
import { databaseReplicaLag } from './database-replica-lag.ts';
import { databaseStorage } from './database-storage.ts';
import { databaseUnreachable } from './database-unreachable.ts';
import { errorShare } from './error-share.ts';
import { fleetCpu } from './fleet-cpu.ts';
import { fleetDisk } from './fleet-disk.ts';
import { fleetInodes } from './fleet-inodes.ts';
import { fleetMemory } from './fleet-memory.ts';
import { fleetServiceDown } from './fleet-service-down.ts';
import { groupCpu } from './group-cpu.ts';
import { attachedEbsStatus, instanceStatus, systemStatus } from './instance-status.ts';
import { launchFailures } from './launch-failures.ts';
import { responseTime } from './response-time.ts';
import { unhealthyTargets } from './unhealthy-targets.ts';

/** The symptoms of a fleet, by the name of their property in `protectFleet`. The only list of them. */
export const fleetSymptoms = {
  /** An instance's CPU is used up. */
  cpu: fleetCpu,
  /** An instance's memory is used up. */
  memory: fleetMemory,
  /** A file system of an instance fills up. */
  disk: fleetDisk,
  /** A file system of an instance runs out of inodes. */
  inodes: fleetInodes,
  /** A service's process is not there. */
  serviceDown: fleetServiceDown,
  /** EC2's check of the host under an instance fails. */
  systemStatus,
  /** EC2's check of an instance's own system fails. */
  instanceStatus,
  /** EC2's check of the EBS volumes attached to an instance fails. */
  attachedEbsStatus,
  /** An Auto Scaling group has too little capacity for its load. */
  groupCpu,
  /** An Auto Scaling group stays below its desired capacity. */
  launchFailures,
  /** The load balancer finds members of the group unhealthy. */
  unhealthyTargets,
  /** The load balancer sees slow answers from the group. */
  responseTime,
  /** The load balancer sees the group answer with server errors. */
  errorShare,
} as const;

/** The symptoms of a database, by the name of their property in `protectDatabase`. The only list of them. */
export const databaseSymptoms = {
  /** A database's CPU is used up. */
  cpu: databaseCpu,
  /** A database's connections are nearly used up. */
  connections: databaseConnections,
  /** A database has little free memory left. */
  memory: databaseMemory,
  /** A read replica is behind its source, or does not replicate. */
  replicaLag: databaseReplicaLag,
  /** A database's storage fills up. */
  storage: databaseStorage,
  /** A client cannot log in to the database and ask it something. */
  connectivity: databaseUnreachable,
  /** RDS tells that it fails over, recovers or gives up a database, or that its storage is full. */
  events: databaseEvents,
} as const;
