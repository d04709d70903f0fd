import { agentSilent } from './agent-silent.ts';
import { connectionsUsedUp } from './connections-used-up.ts';
import { databaseNeverLetIn } from './database-never-let-in.ts';
import { databaseShutOut } from './database-shut-out.ts';
import { databaseUnreachable } from './database-unreachable.ts';
import { deliveredThrice } from './delivered-thrice.ts';
import { diskFilled } from './disk-filled.ts';
import { diskGrown } from './disk-grown.ts';
import { diskGrownAgain } from './disk-grown-again.ts';
import { groupOverloaded } from './group-overloaded.ts';
import { lockReleased } from './lock-released.ts';
import { memberReplaced } from './member-replaced.ts';
import { memoryLeak } from './memory-leak.ts';
import { noCure } from './no-cure.ts';
import { paused } from './paused.ts';
import { poolStale } from './pool-stale.ts';
import type { Scenario } from './scenario.ts';
import { serviceHung } from './service-hung.ts';
import { serviceKilled } from './service-killed.ts';
import { storageGrown } from './storage-grown.ts';

/** Every scenario, in the order in which its track plays it. */
export const scenarios: readonly Scenario[] = [
  serviceKilled,
  serviceHung,
  diskFilled,
  diskGrown,
  diskGrownAgain,
  memoryLeak,
  agentSilent,
  groupOverloaded,
  memberReplaced,
  lockReleased,
  connectionsUsedUp,
  storageGrown,
  poolStale,
  databaseUnreachable,
  databaseShutOut,
  databaseNeverLetIn,
  noCure,
  deliveredThrice,
  paused,
];
