import { remediator as addCapacity } from './add-capacity.ts';
import { remediator as clearCaches } from './clear-caches.ts';
import { remediator as failOverDatabase } from './fail-over-database.ts';
import { remediator as growFileSystem } from './grow-file-system.ts';
import { remediator as growStorage } from './grow-storage.ts';
import { remediator as growVolume } from './grow-volume.ts';
import { remediator as moveInstance } from './move-instance.ts';
import { remediator as rebootDatabase } from './reboot-database.ts';
import { remediator as reconnectSessions } from './reconnect-sessions.ts';
import { remediator as releaseSessions } from './release-sessions.ts';
import type { Remediator } from './remediator.ts';
import { remediator as replaceInstance } from './replace-instance.ts';
import { remediator as restartInstance } from './restart-instance.ts';
import { remediator as restartService } from './restart-service.ts';
import { remediator as runRunbook } from './run-runbook.ts';
import { remediator as waitAndSee } from './wait-and-see.ts';

/** Every remediator, by the name of its sentence `Remedy.<name>()`. The only list of them. */
export const registry = {
  waitAndSee,
  restartService,
  restartInstance,
  moveInstance,
  replaceInstance,
  clearCaches,
  addCapacity,
  rebootDatabase,
  failOverDatabase,
  growStorage,
  growVolume,
  growFileSystem,
  reconnectSessions,
  releaseSessions,
  runRunbook,
} as const;

export type RemedySentence = keyof typeof registry;

const byName: ReadonlyMap<string, Remediator> = new Map(Object.values(registry).map((remediator) => [remediator.name, remediator]));

export const remedyNames: readonly string[] = [...byName.keys()];

/** The remediator that a policy's rung names, or undefined when there is none of that name. */
export function remediatorNamed(name: string): Remediator | undefined {
  return byName.get(name);
}
